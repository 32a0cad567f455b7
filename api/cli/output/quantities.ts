/** Numbers as people read them. */

/** A moment in a recording: `0:07.3`, `12:05.0`, `1:02:33.4`. */
export function clock(ms: number, digits: 0 | 1 = 1): string {
  const unit = digits === 1 ? 100 : 1000;
  const total = Math.round(ms / unit);
  const seconds = Math.floor((total * unit) / 1000);
  const fraction = digits === 1 ? `.${total % 10}` : '';
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = `${String(rest).padStart(2, '0')}${fraction}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** A length of time: `8.4 s`, `2 min 5 s`, `3 h 40 min`, `12 days`. */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / 1440)} days`;
}

/** `812 B`, `14.2 MB`: decimal units, as disks are sold. */
export function byteSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** `1,204`, whatever the machine's locale: output must not depend on it. */
export function whole(count: number): string {
  return Math.round(count).toLocaleString('en-GB');
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

/** A false-match probability as odds: `1 in 40`, `1 in 10¹²`. */
export function odds(probability: number): string {
  if (!(probability > 0)) return '< 1 in 10³⁰⁰';
  if (probability >= 0.5) return 'as good as chance';
  if (probability > 1e-4) return `1 in ${whole(1 / probability)}`;
  return `1 in 10${superscript(Math.floor(-Math.log10(probability)))}`;
}

function superscript(power: number): string {
  return [...String(power)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
}

/** How many seconds of audio one second of the clock takes on: `412 × real time`. */
export function timesRealTime(audioMs: number, elapsedMs: number): string {
  const ratio = elapsedMs > 0 ? audioMs / elapsedMs : 0;
  return `${ratio < 10 ? ratio.toFixed(1) : whole(ratio)} × real time`;
}
