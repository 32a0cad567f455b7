/** PATH arguments: files as they are, folders walked through in a sorted order that is the same on every machine. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { usageError } from '../exit-status.ts';

export const fingerprintExtension = '.earmark';

/** What is picked up from a folder. A file that is named outright is tried whatever it is called. */
const audioExtensions: ReadonlySet<string> = new Set(
  'aac ac3 aif aifc aiff amr ape caf flac m4a m4b mka mp2 mp3 mp4 mpc oga ogg opus tta wav weba webm wma wv'
    .split(' ')
    .map((name) => `.${name}`),
);

const maxFiles = 1_000_000;
const maxDepth = 64;

export type AudioFile = { readonly externalId: string; readonly path: string };

/**
 * The external id is the path below the folder that was given, with forward slashes, or the bare name of a file
 * given by itself. A fingerprint file goes by the name of its audio, so that it makes no difference which of the
 * two is registered; where both lie side by side, the audio counts.
 */
export async function findAudioFiles(paths: readonly string[]): Promise<AudioFile[]> {
  const found: AudioFile[] = [];
  for (const path of paths) {
    const kind = await stat(path).catch((error: unknown) => {
      throw usageError(`"${path}" cannot be read: ${error instanceof Error ? error.message : error}`);
    });
    if (!kind.isDirectory()) {
      found.push({ externalId: withoutFingerprintExtension(basename(path)), path });
      continue;
    }
    for await (const file of walk(path, 0)) {
      found.push({
        externalId: withoutFingerprintExtension(relative(path, file).split(sep).join('/')),
        path: file,
      });
      if (found.length > maxFiles)
        throw usageError(`More than ${maxFiles} files; give fewer folders at a time.`);
    }
  }
  return found;
}

async function* walk(folder: string, depth: number): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = new Set(entries.map((entry) => entry.name));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    // Linked folders are not entered: they may lead back up, for ever.
    if (entry.isDirectory()) {
      if (depth < maxDepth) yield* walk(path, depth + 1);
      continue;
    }
    if (!isAudioName(entry.name) || names.has(audioNameBeside(entry.name))) continue;
    if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(path)))) yield path;
  }
}

function isAudioName(name: string): boolean {
  const extension = name.slice(name.lastIndexOf('.')).toLowerCase();
  return extension === fingerprintExtension || audioExtensions.has(extension);
}

/** The audio whose fingerprint this is, if it lies beside it; nothing can be called the empty name. */
function audioNameBeside(name: string): string {
  return name.endsWith(fingerprintExtension) ? withoutFingerprintExtension(name) : '';
}

function withoutFingerprintExtension(name: string): string {
  return name.endsWith(fingerprintExtension) ? name.slice(0, -fingerprintExtension.length) : name;
}

async function leadsToFile(link: string): Promise<boolean> {
  return stat(link).then(
    (target) => target.isFile(),
    () => false,
  );
}
