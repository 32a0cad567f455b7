/**
 * Ogg: Vorbis, Opus and FLAC streams, chained or not (RFC 3533). Of streams that run side by side the first
 * audio stream is heard. A chained file may change codec, rate and channels from link to link.
 */
import { WorkerError } from '../errors.ts';
import type { AudioFile } from './audio-file.ts';
import type { DecodedStream } from './decoded-stream.ts';
import { GranuleTrim } from './granule-trim.ts';
import type { OggCodec } from './ogg-codec.ts';
import { isFlacHead, openFlacCodec } from './ogg-flac.ts';
import { isOpusHead, openOpusCodec } from './ogg-opus.ts';
import { OggPackets } from './ogg-packets.ts';
import { type OggPage, OggPages } from './ogg-pages.ts';
import { isVorbisHead, openVorbisCodec } from './ogg-vorbis.ts';
import type { SampleSink } from './sample-sink.ts';

/**
 * Links of one chain. Each takes a decoder of up to 29 MiB of address space until it is collected; a day of radio
 * with a link for every recording stays below.
 */
const maxLinks = 1000;
/** Vorbis has three header packets, Opus two, FLAC one for each metadata block. */
const maxHeaderPackets = 64;

export async function decodeOgg(file: AudioFile, start: number, sink: SampleSink): Promise<DecodedStream> {
  const pages = new OggPages(file, start);
  const codecNames = new Set<string>();
  const otherStreams = new Set<string>();
  let link: OggLink | undefined;
  let linkCount = 0;
  let damaged = false;
  let truncated = false;
  const closeLink = () => {
    if (link === undefined) return;
    link.close();
    damaged ||= link.damaged;
    truncated ||= !link.isComplete;
  };
  for (let page = await pages.next(); page !== undefined; page = await pages.next()) {
    if (page.isFirst && (link === undefined || link.hasBody)) {
      const codec = openCodec(page.body);
      if (codec === undefined) {
        otherStreams.add(nameStream(page.body));
      } else {
        closeLink();
        if (linkCount++ === maxLinks) throw tooManyLinks();
        sink.checkFormat(codec.sampleRateHz, codec.channelCount);
        link = new OggLink(page.serial, codec, sink);
        codecNames.add(codec.name);
      }
    } else if (!page.isFirst && page.serial === link?.serial) {
      await link.take(page);
    }
  }
  if (link === undefined) throw noAudio(otherStreams);
  closeLink();
  return {
    format: `ogg/${[...codecNames].join('+')}`,
    truncated: truncated || pages.endsInPage,
    damaged: damaged || pages.damaged,
  };
}

/** One stream from its first page to its last. */
class OggLink {
  readonly serial: number;
  readonly #codec: OggCodec;
  readonly #packets = new OggPackets();
  readonly #trim: GranuleTrim;
  #headerPackets = 1;
  #headersDone = false;
  #sawLastPage = false;
  hasBody = false;

  constructor(serial: number, codec: OggCodec, sink: SampleSink) {
    this.serial = serial;
    this.#codec = codec;
    const { preSkipSamples, decimation, sampleRateHz } = codec;
    this.#trim = new GranuleTrim({ preSkipSamples, decimation }, (channels, from, to) =>
      sink.deliverPlanar(channels, from, to, sampleRateHz / decimation),
    );
  }

  get isComplete(): boolean {
    return this.#sawLastPage && !this.#packets.endsInPacket;
  }

  get damaged(): boolean {
    return this.#packets.damaged || this.#codec.damaged;
  }

  async take(page: OggPage): Promise<void> {
    this.hasBody = true;
    const packets = this.#packets.take(page);
    while (!this.#headersDone) {
      const packet = packets.shift();
      if (packet === undefined) return;
      if (this.#headerPackets++ > maxHeaderPackets) {
        throw new WorkerError('AUDIO_UNREADABLE', `expected at most ${maxHeaderPackets} Ogg header packets`);
      }
      this.#headersDone = await this.#codec.acceptHeader(packet);
    }
    this.#sawLastPage ||= page.isLast;
    this.#trim.beginPage(page.granule, page.isLast);
    await this.#codec.decode(packets, this.#trim.take);
    if (page.granule !== undefined) this.#trim.endPage(page.granule, page.isLast);
  }

  close(): void {
    this.#trim.flush();
  }
}

function openCodec(head: Uint8Array): OggCodec | undefined {
  if (isVorbisHead(head)) return openVorbisCodec(head);
  if (isOpusHead(head)) return openOpusCodec(head);
  if (isFlacHead(head)) return openFlacCodec(head);
  return undefined;
}

function nameStream(head: Uint8Array): string {
  if (startsWith(head, 'Speex   ')) return 'Speex';
  if (startsWith(head, 'PCM     ')) return 'PCM';
  if (startsWith(head, '\x80theora')) return 'Theora video';
  return 'unknown';
}

function noAudio(otherStreams: ReadonlySet<string>): WorkerError {
  const names = [...otherStreams].join(', ') || 'no';
  if (otherStreams.has('Speex') || otherStreams.has('PCM')) {
    return new WorkerError(
      'AUDIO_UNSUPPORTED',
      `expected Vorbis, Opus or FLAC in Ogg, received ${names}; install ffmpeg to read more formats`,
    );
  }
  return new WorkerError('AUDIO_UNREADABLE', `expected an audio stream in Ogg, received ${names} streams`);
}

function tooManyLinks(): WorkerError {
  return new WorkerError(
    'AUDIO_UNREADABLE',
    `expected at most ${maxLinks} chained Ogg streams, received more`,
  );
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return String.fromCharCode(...bytes.subarray(0, text.length)) === text;
}
