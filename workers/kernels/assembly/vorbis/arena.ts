/**
 * Memory that a stream's setup asks for: never given back, zeroed, 16-byte aligned, and bounded, because a header of a
 * hundred bytes can ask for gigabytes.
 */
const maxBytes: usize = 64 << 20;
const chunkBytes: usize = 1 << 16;

let taken: usize = 0;
let free: usize = 0;
let end: usize = 0;

/** 0 where it would be more than a stream may have. */
export function take(bytes: usize): usize {
  const rounded = (bytes + 15) & ~(<usize>15);
  if (bytes > maxBytes || taken + rounded > maxBytes) return 0;
  taken += rounded;
  if (rounded > end - free) {
    const chunk = rounded > chunkBytes ? rounded : chunkBytes;
    free = heap.alloc(chunk);
    end = free + chunk;
  }
  const block = free;
  free += rounded;
  memory.fill(block, 0, rounded);
  return block;
}
