/** Scale factor bands and the reach of temporal noise shaping, by sample rate (ISO/IEC 14496-3, 4.5.4 and 4.6.9.4). */
const long96 = memory.data<u16>([
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 156, 172, 188, 212,
  240, 276, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960, 1024,
]);
const long64 = memory.data<u16>([
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 64, 72, 80, 88, 100, 112, 124, 140, 156, 172, 192, 216, 240,
  268, 304, 344, 384, 424, 464, 504, 544, 584, 624, 664, 704, 744, 784, 824, 864, 904, 944, 984, 1024,
]);
const long48 = memory.data<u16>([
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160, 176, 196, 216, 240, 264,
  292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800, 832, 864, 896, 928, 1024,
]);
const long32 = memory.data<u16>([
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144, 160, 176, 196, 216, 240, 264,
  292, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800, 832, 864, 896, 928, 960, 992,
  1024,
]);
const long24 = memory.data<u16>([
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 52, 60, 68, 76, 84, 92, 100, 108, 116, 124, 136, 148, 160, 172, 188, 204,
  220, 240, 260, 284, 308, 336, 364, 396, 432, 468, 508, 552, 600, 652, 704, 768, 832, 896, 960, 1024,
]);
const long16 = memory.data<u16>([
  0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 100, 112, 124, 136, 148, 160, 172, 184, 196, 212, 228, 244, 260, 280,
  300, 320, 344, 368, 396, 424, 456, 492, 532, 572, 616, 664, 716, 772, 832, 896, 960, 1024,
]);
const long8 = memory.data<u16>([
  0, 12, 24, 36, 48, 60, 72, 84, 96, 108, 120, 132, 144, 156, 172, 188, 204, 220, 236, 252, 268, 288, 308, 328, 348,
  372, 396, 420, 448, 476, 508, 544, 580, 620, 664, 712, 764, 820, 880, 944, 1024,
]);
const short64 = memory.data<u16>([0, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 92, 128]);
const short48 = memory.data<u16>([0, 4, 8, 12, 16, 20, 28, 36, 44, 56, 68, 80, 96, 112, 128]);
const short24 = memory.data<u16>([0, 4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 64, 76, 92, 108, 128]);
const short16 = memory.data<u16>([0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 60, 72, 88, 108, 128]);
const short8 = memory.data<u16>([0, 4, 8, 12, 16, 20, 24, 28, 36, 44, 52, 60, 72, 88, 108, 128]);

/** By sampling frequency index, 96 kHz to 7350 Hz. */
const longCounts = memory.data<u8>([41, 41, 47, 49, 49, 51, 47, 47, 43, 43, 43, 40, 40]);
const shortCounts = memory.data<u8>([12, 12, 12, 14, 14, 14, 15, 15, 15, 15, 15, 15, 15]);
const longShaped = memory.data<u8>([31, 31, 34, 40, 42, 51, 46, 46, 42, 42, 42, 39, 39]);
const shortShaped = memory.data<u8>([9, 9, 10, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14]);

let rate: usize = 4;

export function openBands(rateIndex: i32): void { rate = rateIndex; }

/** Where bands begin, and behind the last one where it ends: 16-bit numbers. */
export function bandEdges(isShort: bool): usize {
  if (rate <= 1) return isShort ? short64 : long96;
  if (rate == 2) return isShort ? short64 : long64;
  if (rate <= 4) return isShort ? short48 : long48;
  if (rate == 5) return isShort ? short48 : long32;
  if (rate <= 7) return isShort ? short24 : long24;
  if (rate <= 10) return isShort ? short16 : long16;
  return isShort ? short8 : long8;
}

export function bandCount(isShort: bool): i32 { return load<u8>((isShort ? shortCounts : longCounts) + rate); }

/** Bands from here on are not shaped. */
export function shapedBands(isShort: bool): i32 { return load<u8>((isShort ? shortShaped : longShaped) + rate); }

// @ts-ignore: decorator
@inline
export function edge(edges: usize, band: i32): i32 { return <i32>load<u16>(edges + (<usize>band << 1)); }
