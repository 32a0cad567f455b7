/**
 * Rice-coded residuals (RFC 9639 section 9.2.7). Several codes are taken out of one word: what bounds this loop is that
 * a code begins where the one before ends.
 */
import { bitPosition, bitsAt, isPastEnd, lastBit, seekBit, signed, unary, unsigned } from './bits';

/** Up to this parameter four codes go into a word, up to `PAIR_MAX` two. */
const FOUR_MAX: i32 = 9;
const PAIR_MAX: i32 = 20;
const WORD_BITS: i32 = 57;

/** Residuals `order` to `count - 1` of a block into `out`; false where the bits are no such thing. */
export function readResidual(out: usize, order: i32, count: i32): bool {
  const method = unsigned(2);
  if (method > 1) return false;
  const parameterBits = method == 0 ? 4 : 5;
  const escapeCode = method == 0 ? 15 : 31;
  const partitionOrder = <i32>unsigned(4);
  const partitionSamples = count >> partitionOrder;
  if (partitionSamples << partitionOrder != count || partitionSamples < order || partitionSamples == 0) return false;
  let at = order;
  for (let end = partitionSamples; end <= count; end += partitionSamples) {
    const parameter = <i32>unsigned(parameterBits);
    if (parameter == escapeCode) {
      const rawBits = <i32>unsigned(5);
      if (bitPosition() + (end - at) * rawBits > lastBit()) return false;
      for (; at < end; at++) store<i32>(out + (at << 2), signed(rawBits));
    } else {
      if (!rice(out + (at << 2), out + (end << 2), parameter)) return false;
      at = end;
    }
    if (isPastEnd()) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function unfold(folded: u32): i32 {
  return <i32>(folded >> 1) ^ -(<i32>folded & 1);
}

/** The code at the top of `bits`, which begins with `quotient` zeros. The one behind them is taken off with the quotient. */
// @ts-ignore: decorator
@inline
function codeIn(bits: u64, quotient: u64, parameter: i32): i32 {
  return unfold(<u32>(((quotient - 1) << parameter) + ((bits << quotient) >> (63 - parameter))));
}

function rice(target: usize, end: usize, parameter: i32): bool {
  let at = bitPosition();
  const endBit = lastBit();
  const tail = <u64>parameter + 1;
  if (parameter <= FOUR_MAX) {
    while (target + 16 <= end) {
      const b0 = bitsAt(at), q0 = clz(b0);
      const b1 = b0 << (q0 + tail), q1 = clz(b1);
      const b2 = b1 << (q1 + tail), q2 = clz(b2);
      const b3 = b2 << (q2 + tail), q3 = clz(b3);
      const length = <i32>(q0 + q1 + q2 + q3 + 4 * tail);
      if (length > WORD_BITS) {
        seekBit(at);
        if (!oneByOne(target, target + 16, parameter)) return false;
        at = bitPosition();
      } else {
        store<i32>(target, codeIn(b0, q0, parameter));
        store<i32>(target, codeIn(b1, q1, parameter), 4);
        store<i32>(target, codeIn(b2, q2, parameter), 8);
        store<i32>(target, codeIn(b3, q3, parameter), 12);
        at += length;
        if (at > endBit) return false;
      }
      target += 16;
    }
  } else if (parameter <= PAIR_MAX) {
    while (target + 8 <= end) {
      const b0 = bitsAt(at), q0 = clz(b0);
      const b1 = b0 << (q0 + tail), q1 = clz(b1);
      const length = <i32>(q0 + q1 + 2 * tail);
      if (length > WORD_BITS) {
        seekBit(at);
        if (!oneByOne(target, target + 8, parameter)) return false;
        at = bitPosition();
      } else {
        store<i32>(target, codeIn(b0, q0, parameter));
        store<i32>(target, codeIn(b1, q1, parameter), 4);
        at += length;
        if (at > endBit) return false;
      }
      target += 8;
    }
  }
  seekBit(at);
  return oneByOne(target, end, parameter);
}

function oneByOne(target: usize, end: usize, parameter: i32): bool {
  for (; target < end; target += 4) {
    const quotient = unary();
    if (quotient < 0) return false;
    store<i32>(target, unfold((<u32>quotient << parameter) | unsigned(parameter)));
    if (isPastEnd()) return false;
  }
  return true;
}
