/**
 * How many uploads are taken in at once. Bounded before the body is read, because a body on disk that no thread
 * has room for is work thrown away: shedding load, not broken.
 */
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { RegistryError } from '../errors.ts';

export class UploadGate {
  #admitted = 0;
  readonly #maxUploads: number;
  readonly #maxQueuedTasks: number;
  readonly #workers: Pick<Context['workers'], 'queued'>;

  constructor(
    config: Pick<Config, 'maxUploads' | 'maxQueuedTasks'>,
    workers: Pick<Context['workers'], 'queued'>,
  ) {
    this.#maxUploads = config.maxUploads;
    this.#maxQueuedTasks = config.maxQueuedTasks;
    this.#workers = workers;
  }

  get admitted(): number {
    return this.#admitted;
  }

  /** Throws `POOL_FULL` where `enter` would. */
  refuseIfFull(): void {
    if (this.#admitted >= this.#maxUploads) {
      throw new RegistryError(
        'POOL_FULL',
        `${this.#admitted} uploads are being worked on, which is all this server takes at once.`,
      );
    }
    if (this.#workers.queued() >= this.#maxQueuedTasks) {
      throw new RegistryError(
        'POOL_FULL',
        `${this.#maxQueuedTasks} tasks wait for a thread, which is all that may wait.`,
      );
    }
  }

  /** Admits one upload until it is disposed. Throws `POOL_FULL` at once where there is no room; nobody waits here. */
  enter(): Disposable {
    this.refuseIfFull();
    this.#admitted += 1;
    let inside = true;
    return {
      [Symbol.dispose]: () => {
        if (inside) this.#admitted -= 1;
        inside = false;
      },
    };
  }
}
