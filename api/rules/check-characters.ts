/**
 * How the identifiers of the music industry guard against a slip of the pen. Each function takes the characters in
 * front of the check (digits, or digits and capitals) and gives the check itself; whoever calls has made sure that
 * the alphabet is right.
 */
const alphanumerics = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** ISO/IEC 7064 MOD 11-2, a pure system: a digit or X. ISNI and ORCID have it. */
export function checkMod11Radix2(digits: string): string {
  let sum = 0;
  for (const digit of digits) sum = ((sum + Number(digit)) * 2) % 11;
  const check = (12 - sum) % 11;
  return check === 10 ? 'X' : String(check);
}

/** ISO/IEC 7064 MOD 37,36, a hybrid system: a digit or a capital. GRid and DPID have it. */
export function checkMod37Hybrid36(characters: string): string {
  let product = 36;
  for (const character of characters) {
    const sum = (product + alphanumerics.indexOf(character)) % 36;
    product = ((sum === 0 ? 36 : sum) * 2) % 37;
  }
  return alphanumerics[(37 - product) % 36] as string;
}

/** GS1 General Specifications, 7.9: weights 3 and 1 from the right. UPC, EAN and GTIN have it. */
export function checkGs1(digits: string): string {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    sum += Number(digits[digits.length - 1 - index]) * (index % 2 === 0 ? 3 : 1);
  }
  return String((10 - (sum % 10)) % 10);
}

/** ISO 15707: one and the digits times their places, 1 to 9 from the left, modulo 10. ISWC has it. */
export function checkIswc(digits: string): string {
  let sum = 1;
  for (let index = 0; index < digits.length; index++) sum += Number(digits[index]) * (index + 1);
  return String((10 - (sum % 10)) % 10);
}

/** CISAC: nine digits times 10 down to 2, modulo 101; two digits, and 100 is written 00. The IPI name number has it. */
export function checkIpiName(digits: string): string {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) sum += Number(digits[index]) * (10 - index);
  return String(((101 - (sum % 101)) % 101) % 100).padStart(2, '0');
}
