/** A document that a command is given as a file of JSON, or `-` for what is piped into it. */
import { readFile, stat } from 'node:fs/promises';
import { usageError } from '../exit-status.ts';

/** What a server takes in one request. */
const maxDocumentBytes = 512 * 1024;

export async function readJsonDocument(path: string): Promise<unknown> {
  const text = await readText(path).catch((error: unknown) => {
    throw usageError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usageError(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

async function readText(path: string): Promise<string> {
  if (path !== '-') {
    const { size } = await stat(path);
    if (size > maxDocumentBytes) throw new Error(`it has ${size} bytes, more than ${maxDocumentBytes}`);
    return readFile(path, 'utf8');
  }
  let text = '';
  for await (const piece of process.stdin.setEncoding('utf8')) {
    text += piece;
    if (text.length > maxDocumentBytes) throw new Error(`it has more than ${maxDocumentBytes} characters`);
  }
  return text;
}
