/** Bytes of the descriptor track for one second; `descriptors.ts` says what they are. */
export const descriptorBytes = 11;
