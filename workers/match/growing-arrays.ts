/** Buffers that a thread keeps, and that double when they are full. */
export function grow(source: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(source.length * 2);
  grown.set(source);
  return grown;
}

export function growBytes(source: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(source.length * 2);
  grown.set(source);
  return grown;
}

export function growShort(array: Uint16Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  const grown = new Uint16Array(array.length * 2);
  grown.set(array);
  return grown;
}
