/**
 * CRC-16 of a frame (RFC 9639 section 9.3): polynomial 0x8005, sixteen bytes at once by sixteen tables, of which
 * table n is a byte with n zero bytes behind it. Only two look-ups of a round wait for the round before.
 */
import { bitsAt } from './bits';

const tables = memory.data(16 * 256 * 2, 16);

for (let byte = 0; byte < 256; byte++) {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x8005 : crc << 1;
  store<u16>(tables + (byte << 1), <u16>crc);
}
for (let table = 1; table < 16; table++) {
  for (let byte = 0; byte < 256; byte++) {
    const crc = <i32>load<u16>(tables + ((table - 1) << 9) + (byte << 1));
    store<u16>(tables + (table << 9) + (byte << 1), <u16>((crc << 8) ^ load<u16>(tables + (crc >> 8 << 1))));
  }
}

// @ts-ignore: decorator
@inline
function look(table: i32, word: u64, shift: i32): u32 {
  return load<u16>(tables + (table << 9) + (<usize>((word >> shift) & 255) << 1));
}

/** Of the eight bytes in `word`, with eight tables from `table` on. */
// @ts-ignore: decorator
@inline
function eight(word: u64, table: i32): u32 {
  return look(table + 7, word, 56) ^ look(table + 6, word, 48) ^ look(table + 5, word, 40) ^ look(table + 4, word, 32)
    ^ look(table + 3, word, 24) ^ look(table + 2, word, 16) ^ look(table + 1, word, 8) ^ look(table, word, 0);
}

/** Of the bytes `from` to `to - 1`. */
export function crc16(from: i32, to: i32): u32 {
  let crc: u32 = 0;
  let at = from;
  for (; at + 16 <= to; at += 16) {
    const late = eight(bitsAt((at + 8) << 3), 0);
    crc = late ^ eight(bitsAt(at << 3) ^ (<u64>crc << 48), 8);
  }
  for (; at < to; at++) {
    const byte = <u32>(bitsAt(at << 3) >> 56);
    crc = ((crc << 8) & 0xffff) ^ load<u16>(tables + (((crc >> 8) ^ byte) << 1));
  }
  return crc;
}
