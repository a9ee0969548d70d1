import { closeSync, createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { parseRange } from './parse-range';

/** What is answered for one path: bytes in memory, or an open file that is streamed and then closed. */
export interface Representation {
  /** Strong: equal tags mean equal bytes. With its quotes. */
  etag: string;
  lastModified: Date | null;
  sizeBytes: number;
  cacheControl: string;
  content: { bytes: Uint8Array } | { fd: number };
}

/**
 * Answers a GET or HEAD with `representation`: conditions first (RFC 9110, 13.2.2), then one range.
 * Closes the file descriptor in every case.
 */
export function sendRepresentation(
  request: IncomingMessage,
  response: ServerResponse,
  representation: Representation,
): void {
  const { etag, lastModified, sizeBytes, cacheControl } = representation;
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', cacheControl);
  if (lastModified !== null) response.setHeader('Last-Modified', lastModified.toUTCString());
  if (isNotModified(request, etag, lastModified)) {
    end(response, 304, representation);
    return;
  }
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Type', 'application/octet-stream');
  const range = rangeOf(request, etag, sizeBytes);
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${sizeBytes}`);
    end(response, 416, representation);
    return;
  }
  const { first, last } = range === 'whole' ? { first: 0, last: sizeBytes - 1 } : range;
  response.setHeader('Content-Length', last - first + 1);
  if (range !== 'whole') response.setHeader('Content-Range', `bytes ${first}-${last}/${sizeBytes}`);
  response.statusCode = range === 'whole' ? 200 : 206;
  if (request.method === 'HEAD' || last < first) end(response, response.statusCode, representation);
  else sendBytes(response, representation, first, last);
}

function isNotModified(request: IncomingMessage, etag: string, lastModified: Date | null): boolean {
  const tags = request.headers['if-none-match'];
  if (tags !== undefined) {
    return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
  }
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return lastModified !== null && Math.floor(lastModified.getTime() / 1000) * 1000 <= since;
}

/** A range counts for GET only, and with `If-Range` only where the tag is still the very same. */
function rangeOf(request: IncomingMessage, etag: string, sizeBytes: number) {
  if (request.method !== 'GET') return 'whole';
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== etag) return 'whole';
  return parseRange(request.headers.range, sizeBytes);
}

function sendBytes(response: ServerResponse, { content }: Representation, first: number, last: number): void {
  if ('bytes' in content) {
    response.end(content.bytes.subarray(first, last + 1));
    return;
  }
  const stream = createReadStream('', { fd: content.fd, start: first, end: last, highWaterMark: 256 * 1024 });
  // A file that became shorter, or a client that left, ends the connection: nothing else can be said by then.
  pipeline(stream, response, (error) => {
    if (error) response.destroy();
  });
}

function end(response: ServerResponse, status: number, { content }: Representation): void {
  if ('fd' in content) closeSync(content.fd);
  response.statusCode = status;
  response.end();
}
