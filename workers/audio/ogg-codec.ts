/** What a codec inside Ogg must offer: the stream above it knows pages and granules, not codecs. */
export type OggCodec = {
  /** Such as `vorbis`. */
  readonly name: string;
  /** Of the stream: granules count at this rate. */
  readonly sampleRateHz: number;
  readonly channelCount: number;
  /** Samples of the stream for one that is handed on: more than 1 where only low frequencies are decoded. */
  readonly decimation: number;
  /** Samples at the start that the decoder needs and nobody should hear. */
  readonly preSkipSamples: number;
  /**
   * Takes a header packet that follows the first; true when it was the last of them.
   * Not called where `headerCount` is 1.
   */
  acceptHeader(packet: Uint8Array): Promise<boolean>;
  /** Decodes packets in order and hands the samples on; a packet that cannot be decoded counts as damage. */
  decode(packets: readonly Uint8Array[], onPlanar: OnPlanar): Promise<void>;
  readonly damaged: boolean;
};

/** One array per channel, of which the first `sampleCount` samples count; not kept by the receiver. */
export type OnPlanar = (channels: readonly Float32Array[], sampleCount: number) => void;
