/** What a decoder says of a file it has read to the end of what it holds. */
export type DecodedStream = {
  /** Container and codec, such as `ogg/vorbis`. */
  readonly format: string;
  /** The file ended before its own end. */
  readonly truncated: boolean;
  /** Something in the middle could not be decoded and was left out. */
  readonly damaged: boolean;
};
