/** Resident memory of processes with all their descendants, from Linux's /proc (proc(5)). */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export type TreeMemory = {
  /**
   * Resident sets added up. Pages that several processes share count once in each, so this is rather too much:
   * Postgres' shared buffers above all.
   */
  readonly residentBytes: number;
  /** By the command's name: `node`, `postgres`, `ffmpeg`. */
  readonly byCommand: Readonly<Record<string, number>>;
};

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const pageBytes = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));

export function memoryOfTrees(rootPids: readonly number[]): TreeMemory {
  const processes = readProcesses();
  const members = new Set(rootPids);
  // A parent may come after its child in the listing: until nothing is added any more.
  for (let before = 0; before < members.size; ) {
    before = members.size;
    for (const [pid, { parentPid }] of processes) if (members.has(parentPid)) members.add(pid);
  }
  const byCommand: Record<string, number> = {};
  let residentBytes = 0;
  for (const pid of members) {
    const found = processes.get(pid);
    if (found === undefined) continue;
    residentBytes += found.residentBytes;
    byCommand[found.command] = (byCommand[found.command] ?? 0) + found.residentBytes;
  }
  return { residentBytes, byCommand };
}

/** The embedded Postgres of a data directory. Several commands share it, so it is nobody's child. */
export function postmasterPids(dataDir: string): number[] {
  return readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => basename(name) === 'postmaster.pid')
    .map((name) => Number.parseInt(readFileSync(join(dataDir, name), 'utf8'), 10));
}

/** The highest resident set one process has had: what lies between two samples does not escape it. */
export function highWaterBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** User and system time of one process with all its threads. */
export function cpuSecondsOf(pid: number): number {
  return (readProcesses().get(pid)?.cpuTicks ?? 0) / ticksPerSecond;
}

/** User and system time of a postmaster with all that it has started, backends that have ended included. */
export function cpuSecondsOfPostgres(postmaster: number): number {
  let ticks = 0;
  for (const [pid, { parentPid, cpuTicks, childTicks }] of readProcesses()) {
    if (pid === postmaster) ticks += cpuTicks + childTicks;
    else if (parentPid === postmaster) ticks += cpuTicks;
  }
  return ticks / ticksPerSecond;
}

type ProcessRow = {
  readonly parentPid: number;
  readonly command: string;
  readonly residentBytes: number;
  readonly cpuTicks: number;
  /** Of the children it has waited for. */
  readonly childTicks: number;
};

function readProcesses(): Map<number, ProcessRow> {
  const rows = new Map<number, ProcessRow>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The command stands in brackets and may hold brackets and blanks itself.
      const after = stat.lastIndexOf(')');
      const fields = stat.slice(after + 2).split(' ');
      rows.set(Number(name), {
        command: nameOf(stat.slice(stat.indexOf('(') + 1, after)),
        parentPid: Number(fields[1]),
        residentBytes: Number(fields[21]) * pageBytes,
        cpuTicks: Number(fields[11]) + Number(fields[12]),
        childTicks: Number(fields[13]) + Number(fields[14]),
      });
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return rows;
}

/** Node names its first thread, and with it the process, so. */
function nameOf(command: string): string {
  return command === 'MainThread' || command === 'node-MainThread' ? 'node' : command;
}
