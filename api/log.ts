/**
 * The log of a process: JSON lines on stderr, because stdout is for people and for results. Request headers are
 * not logged at all; the paths below are for whatever an error drags along.
 */
import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';

const secretPaths = [
  'headers.authorization',
  'headers["x-api-key"]',
  '*.headers.authorization',
  '*.headers["x-api-key"]',
  'req.headers',
  'apiKey',
  'databaseUrl',
  'config.apiKey',
  'config.databaseUrl',
  '*.connectionString',
  '*.password',
];

export function openLog(config: Pick<Config, 'logLevel'>): Logger {
  return pino(
    {
      level: config.logLevel,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretPaths, censor: '[secret]' },
    },
    pino.destination({ dest: process.stderr.fd, sync: true }),
  );
}
