#!/usr/bin/env node
// The `earmark` command on whatever Node the machine has. earmark itself is TypeScript that Node 24 runs as it
// is; an older Node starts the Node 24 that `npm ci` put into node_modules, and hands everything through.
// Plain JavaScript, built-in modules only: this file is read by Node 20.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const requiredMajor = 24;
const couldNotStart = 3;
const thisFile = realpathSync(fileURLToPath(import.meta.url));

/**
 * Memory in huge pages where glibc gives it out: an index of 8 GB is in memory after 28 s instead of 80 on a machine whose
 * pages cost a fault of the hypervisor each. glibc reads this once, when a process begins; no other C library looks at it.
 */
const hugePages = 'glibc.malloc.hugetlb=1';

if (Number.parseInt(process.versions.node, 10) >= requiredMajor) {
  if (process.argv[2] === 'serve') beginWithHugePages();
  // Types stripped and code compiled once, not at every start: .25 s of processor time for --help instead of .5 s.
  // Beside the code and not in the shared temporary folder, where somebody else could have put something.
  module.enableCompileCache(join(dirname(dirname(dirname(thisFile))), 'node_modules', '.cache', 'earmark'));
  await import('./main.ts');
} else {
  runWith(findNewerNode());
}

/** Begins once more as what it is, under the same process id; returns where that is done or cannot be. */
function beginWithHugePages() {
  const set = process.env.GLIBC_TUNABLES;
  if (set === hugePages) {
    // For this process alone: what it starts has no index.
    delete process.env.GLIBC_TUNABLES;
  } else if (process.platform === 'linux' && set === undefined && process.channel === undefined) {
    const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    process.execve?.(process.execPath, args, { ...process.env, GLIBC_TUNABLES: hugePages });
  }
}

/** The `node` of the nearest node_modules, from this folder outwards. */
function findNewerNode() {
  const place = process.platform === 'win32' ? `node-win-${process.arch}/bin/node.exe` : '.bin/node';
  for (let folder = dirname(thisFile); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', place);
    // Not this very node again: an old one in node_modules would start itself for ever.
    if (existsSync(candidate) && realpathSync(candidate) !== realpathSync(process.execPath)) return candidate;
    if (folder === dirname(folder)) break;
  }
  process.stderr.write(
    `earmark needs Node ${requiredMajor} or newer; this is ${process.version}, and node_modules holds no newer one.\n` +
      `Run "npm ci" in ${dirname(dirname(dirname(thisFile)))} (without omitting optional dependencies: one of them\n` +
      `is Node ${requiredMajor}), or install Node ${requiredMajor} from https://nodejs.org.\n`,
  );
  process.exit(couldNotStart);
}

function runWith(node) {
  const child = spawn(node, [thisFile, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches the child from the terminal as well; it takes two signals within a moment for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])
    process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`earmark could not start ${node}: ${error.message}\n`);
    process.exit(couldNotStart);
  });
  child.on('exit', (status, signal) => {
    if (signal === null) process.exit(status ?? couldNotStart);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // Where the signal is ignored or blocked, end as a shell would report it.
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100);
  });
}
