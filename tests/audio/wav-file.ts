/** WAVE files of any format and with any lie in the header. */
export type WavOptions = {
  readonly sampleRateHz?: number;
  readonly channelCount?: number;
  readonly formatTag?: number;
  readonly bitsPerSample?: number;
  /** Wraps the format in an extensible header. */
  readonly isExtensible?: boolean;
  readonly declaredRiffBytes?: number;
  readonly declaredDataBytes?: number;
  /** Chunks between the format and the samples. */
  readonly between?: readonly Uint8Array[];
};

/** `data` are the samples as the file stores them. */
export function wavFile(data: Uint8Array, options: WavOptions = {}): Uint8Array {
  const { sampleRateHz = 8000, channelCount = 1, formatTag = 1, bitsPerSample = 16 } = options;
  const blockBytes = (channelCount * bitsPerSample) / 8;
  const format = Buffer.alloc(options.isExtensible ? 40 : 16);
  format.writeUInt16LE(options.isExtensible ? 0xfffe : formatTag, 0);
  format.writeUInt16LE(channelCount, 2);
  format.writeUInt32LE(sampleRateHz, 4);
  format.writeUInt32LE(Math.min(sampleRateHz * blockBytes, 0xffff_ffff), 8);
  format.writeUInt16LE(blockBytes, 12);
  format.writeUInt16LE(bitsPerSample, 14);
  if (options.isExtensible) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(bitsPerSample, 18);
    format.writeUInt16LE(formatTag, 24);
    format.write('000000001000800000aa00389b71', 26, 'hex');
  }
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', format),
    ...(options.between ?? []),
    chunk('data', data, options.declaredDataBytes),
  ]);
  return chunk('RIFF', body, options.declaredRiffBytes);
}

export function chunk(name: string, body: Uint8Array, declaredBytes = body.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(declaredBytes, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
}

export function pcm16(samples: ArrayLike<number>): Uint8Array {
  const bytes = Buffer.alloc(samples.length * 2);
  for (let i = 0; i < samples.length; i++) bytes.writeInt16LE(Math.round((samples[i] ?? 0) * 32_767), i * 2);
  return bytes;
}
