import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkList } from '../../api/cli/input/items.ts';
import { findAudioFiles } from '../../api/cli/input/paths.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-paths-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function touch(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), '');
  }
}

const idsIn = async (...paths: string[]) => (await findAudioFiles(paths)).map((file) => file.externalId);

describe('PATH arguments', () => {
  it('walk through folders in sorted order and take what is called like audio', async () => {
    await touch('b/2.FLAC', 'b/1.ogg', 'a.mp3', 'cover.jpg', '.hidden.ogg', '.git/x.ogg', 'z.opus');
    expect(await idsIn(folder)).toEqual(['a.mp3', 'b/1.ogg', 'b/2.FLAC', 'z.opus']);
  });

  it('take a file that is named outright, whatever it is called', async () => {
    await touch('recording.bin');
    expect(await idsIn(join(folder, 'recording.bin'))).toEqual(['recording.bin']);
  });

  it('give a fingerprint file the id of its audio, and prefer the audio beside it', async () => {
    await touch('a.ogg', 'a.ogg.earmark', 'b.ogg.earmark');
    const found = await findAudioFiles([folder]);
    expect(found.map((file) => file.externalId)).toEqual(['a.ogg', 'b.ogg']);
    expect(found[0]?.path).toBe(join(folder, 'a.ogg'));
  });

  it('do not follow a linked folder round in circles', async () => {
    await touch('a.ogg');
    await symlink(folder, join(folder, 'loop'));
    await symlink(join(folder, 'a.ogg'), join(folder, 'linked.ogg'));
    expect(await idsIn(folder)).toEqual(['a.ogg', 'linked.ogg']);
  });

  it('are refused when two files would have one id', async () => {
    await touch('x/a.ogg', 'y/a.ogg');
    const both = [join(folder, 'x/a.ogg'), join(folder, 'y/a.ogg')];
    await expect(openWorkList(both, undefined)).rejects.toThrow(/both be called "a.ogg"/);
  });

  it('are refused when there is no such file', async () => {
    await expect(findAudioFiles([join(folder, 'none')])).rejects.toMatchObject({ status: 2 });
  });
});
