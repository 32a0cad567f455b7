/**
 * The headers of MPEG audio frames, layers I to III (ISO/IEC 11172-3 section 2.4.1.3, 13818-3, and the unofficial
 * MPEG 2.5), and the Xing/Info header that encoders put into a first, silent frame.
 *
 * Free-format frames (bitrate index 0) are not recognised: they do not say their length.
 */
export type MpegFrameHeader = {
  readonly layer: 1 | 2 | 3;
  readonly version: 1 | 2 | 2.5;
  readonly sampleRateHz: number;
  readonly channelCount: 1 | 2;
  readonly frameBytes: number;
  readonly frameSamples: number;
};

export const mpegHeaderBytes = 4;

const bitratesKbps = {
  v1l1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  v1l2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  v1l3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  v2l1: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  v2l23: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;

const sampleRatesHz = {
  1: [44100, 48000, 32000],
  2: [22050, 24000, 16000],
  2.5: [11025, 12000, 8000],
} as const;

export function readMpegFrameHeader(bytes: Uint8Array, at: number): MpegFrameHeader | undefined {
  const [b0, b1, b2, b3] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  if (b0 !== 0xff || b1 === undefined || (b1 & 0xe0) !== 0xe0 || b2 === undefined || b3 === undefined) {
    return undefined;
  }
  const version = ([2.5, undefined, 2, 1] as const)[(b1 >> 3) & 3];
  const layer = ([undefined, 3, 2, 1] as const)[(b1 >> 1) & 3];
  if (version === undefined || layer === undefined) return undefined;
  const table =
    version === 1
      ? ([bitratesKbps.v1l1, bitratesKbps.v1l2, bitratesKbps.v1l3] as const)[layer - 1]
      : layer === 1
        ? bitratesKbps.v2l1
        : bitratesKbps.v2l23;
  const bitrate = (table?.[b2 >> 4] ?? 0) * 1000;
  const sampleRateHz = sampleRatesHz[version][(b2 >> 2) & 3];
  // Emphasis 2 is reserved; asking for it here keeps runs of 0xff from passing as headers.
  if (bitrate === 0 || sampleRateHz === undefined || (b3 & 3) === 2) return undefined;
  const padding = (b2 >> 1) & 1;
  const frameSamples = layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1152;
  const frameBytes =
    layer === 1
      ? (Math.floor((12 * bitrate) / sampleRateHz) + padding) * 4
      : Math.floor((frameSamples / 8) * (bitrate / sampleRateHz)) + padding;
  const channelCount = b3 >> 6 === 3 ? 1 : 2;
  return { layer, version, sampleRateHz, channelCount, frameBytes, frameSamples };
}

/** What stays the same through one stream, whatever its bitrate. */
export function isSameStream(a: MpegFrameHeader, b: MpegFrameHeader): boolean {
  return a.layer === b.layer && a.version === b.version && a.sampleRateHz === b.sampleRateHz;
}

/** Frames that must follow one another before bytes are believed to be MPEG audio. */
const believableRun = 3;

/**
 * Where in `bytes` a run of three frames begins; fewer will do where `bytes` is the whole rest of the file
 * and the run ends with it.
 */
export function findMpegStream(bytes: Uint8Array, isWholeFile: boolean): number | undefined {
  for (let at = bytes.indexOf(0xff); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const first = readMpegFrameHeader(bytes, at);
    if (first !== undefined && isRun(bytes, at, first, isWholeFile)) return at;
  }
  return undefined;
}

function isRun(bytes: Uint8Array, start: number, first: MpegFrameHeader, isWholeFile: boolean): boolean {
  let at = start + first.frameBytes;
  for (let seen = 1; seen < believableRun; seen++) {
    if (at + mpegHeaderBytes > bytes.length)
      return isWholeFile && (seen > 1 || at >= bytes.length) && start === 0;
    const next = readMpegFrameHeader(bytes, at);
    if (next === undefined || !isSameStream(first, next)) return false;
    at += next.frameBytes;
  }
  return true;
}

export type XingHeader = {
  /** Frames, not counting its own. */
  readonly frameCount: number | undefined;
  /** Samples the encoder put before the first and behind the last one, as LAME's part of the header says. */
  readonly delaySamples: number;
  readonly paddingSamples: number;
};

const lameDelayBytes = 141;
const lamePartBytes = 120;

/** What a Xing or Info header says; undefined where the frame holds none. */
export function readXingHeader(frame: Uint8Array, header: MpegFrameHeader): XingHeader | undefined {
  if (header.layer !== 3) return undefined;
  const sideInfoBytes =
    header.version === 1 ? (header.channelCount === 1 ? 17 : 32) : header.channelCount === 1 ? 9 : 17;
  const at = mpegHeaderBytes + sideInfoBytes;
  const tag = String.fromCharCode(...frame.subarray(at, at + 4));
  if (tag !== 'Xing' && tag !== 'Info') return undefined;
  const hasFrameCount = ((frame[at + 7] ?? 0) & 1) !== 0 && at + 12 <= frame.length;
  const frameCount = hasFrameCount
    ? new DataView(frame.buffer, frame.byteOffset).getUint32(at + 8)
    : undefined;
  const hasLamePart = (frame[at + lamePartBytes] ?? 0) !== 0;
  const [b0, b1, b2] = frame.subarray(at + lameDelayBytes, at + lameDelayBytes + 3);
  if (!hasLamePart || b0 === undefined || b1 === undefined || b2 === undefined) {
    return { frameCount, delaySamples: 0, paddingSamples: 0 };
  }
  return { frameCount, delaySamples: (b0 << 4) | (b1 >> 4), paddingSamples: ((b1 & 15) << 8) | b2 };
}
