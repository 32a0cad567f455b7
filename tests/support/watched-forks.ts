/**
 * Vitest's forks, which say more when they die: how, and over which file. Vitest itself says no more than that one
 * exited, and reports its file as passed, with tests that neither passed nor failed. `.ci/run` counts those as failed.
 */
import {
  ForksPoolWorker,
  type PoolOptions,
  type PoolRunnerInitializer,
  type WorkerRequest,
} from 'vitest/node';

class WatchedFork extends ForksPoolWorker {
  #files: readonly string[] = [];
  #isStopping = false;

  override async start(): Promise<void> {
    await super.start();
    this.on('exit', (code: number | null, signal?: NodeJS.Signals | null) => {
      if (this.#isStopping) return;
      const how = signal ? `by ${signal}` : `with exit code ${code}`;
      const during = this.#files.length === 0 ? 'before it had a file' : `during ${this.#files.join(', ')}`;
      process.stderr.write(`\nA test process ended ${how}, ${during}.\n`);
    });
  }

  override send(message: WorkerRequest): void {
    if (message.type === 'run') this.#files = message.context.files.map(({ filepath }) => filepath);
    if (message.type === 'stop') this.#isStopping = true;
    super.send(message);
  }

  override async stop(): Promise<void> {
    this.#isStopping = true;
    await super.stop();
  }
}

export const watchedForks: PoolRunnerInitializer = {
  name: 'watched-forks',
  createPoolWorker: (options: PoolOptions) => new WatchedFork(options),
};
