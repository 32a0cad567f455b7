import { availableParallelism } from 'node:os';
import type { Finding } from './check.ts';

export function checkNode(): Finding {
  const found = `${process.version}, ${availableParallelism()} processors, ${process.platform} ${process.arch}`;
  return { name: 'Node', state: 'fine', found };
}
