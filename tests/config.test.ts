import { isAbsolute } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../api/config.ts';

const refusal = (text: string) =>
  expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(text) });

describe('the configuration', () => {
  it('starts from defaults that need nothing set', () => {
    const config = loadConfig({}, {});
    expect(config).toMatchObject({ host: '127.0.0.1', decoder: 'auto', logLevel: 'info' });
    expect(isAbsolute(config.dataDir)).toBe(true);
    expect(config.databaseUrl).toBeUndefined();
    expect(config.audioLimits.maxDurationMs).toBe(4 * 3600 * 1000);
  });

  it('lets what is given beat the environment', () => {
    const config = loadConfig({ EARMARK_PORT: 1234 }, { EARMARK_PORT: '99', EARMARK_HOST: '::1' });
    expect([config.port, config.host]).toEqual([1234, '::1']);
  });

  it('takes an empty variable for an unset one', () => {
    expect(loadConfig({}, { EARMARK_PORT: '', DATABASE_URL: '' })).toEqual(loadConfig({}, {}));
  });

  it.each([
    ['EARMARK_PORT', '70000', 'a whole number from 0 to 65535'],
    ['EARMARK_PORT', 'http', 'a whole number from 0 to 65535'],
    ['EARMARK_THREADS', '1.5', 'a whole number from 1 to 256'],
    ['EARMARK_DECODER', 'sox', 'one of auto, ffmpeg, wasm'],
    ['EARMARK_LOG_LEVEL', 'loud', 'one of trace'],
  ])('refuses %s=%s with what was expected and what was received', (variable, value, expected) => {
    expect(() => loadConfig({}, { [variable]: value })).toThrow(refusal(`${variable}: expected ${expected}`));
    expect(() => loadConfig({}, { [variable]: value })).toThrow(refusal(`received "${value}"`));
  });

  it('names every wrong variable at once', () => {
    const environment = { EARMARK_PORT: 'x', EARMARK_THREADS: '0' };
    expect(() => loadConfig({}, environment)).toThrow(refusal('EARMARK_PORT'));
    expect(() => loadConfig({}, environment)).toThrow(refusal('EARMARK_THREADS'));
  });

  it('refuses a variable it does not know, so that a misspelling is not a silent default', () => {
    expect(() => loadConfig({}, { EARMARK_TREADS: '4' })).toThrow(refusal('EARMARK_TREADS'));
  });

  it('keeps passwords out of its messages', () => {
    expect(() => loadConfig({}, { DATABASE_URL: 'mysql://root:hunter2@db' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
