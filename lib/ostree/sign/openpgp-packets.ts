/** One OpenPGP signature packet (RFC 4880 5.2), header included, and who it says made it. */
export interface SignaturePacket {
  bytes: Uint8Array;
  /** Upper-case hex: the 40-digit fingerprint of the issuer if the packet names it, else its 16-digit key ID, else ''. */
  issuer: string;
}

/** What one blob may hold before it is refused: far above any real signature set. */
const BLOB_BYTES_MAX = 1024 * 1024;
const PACKETS_MAX = 64;

const TAG_SIGNATURE = 2;
const SUBPACKET_ISSUER_KEY_ID = 16;
const SUBPACKET_ISSUER_FINGERPRINT = 33;

interface Span {
  start: number;
  end: number;
}

/** Where the body of the packet at `offset` lies, or null where this is no whole packet of definite length. */
function packetBody(blob: Buffer, offset: number): (Span & { tag: number }) | null {
  const first = blob[offset];
  if (first === undefined || (first & 0x80) === 0) return null;
  let start: number;
  let length: number;
  let tag: number;
  if ((first & 0x40) === 0) {
    tag = (first >> 2) & 0x0f;
    const lengthBytes = [1, 2, 4][first & 3];
    // Length type 3 (to the end of the file) cannot be told apart from what follows it.
    if (lengthBytes === undefined || offset + 1 + lengthBytes > blob.length) return null;
    length = blob.readUIntBE(offset + 1, lengthBytes);
    start = offset + 1 + lengthBytes;
  } else {
    tag = first & 0x3f;
    const parsed = newLength(blob, offset + 1);
    if (parsed === null) return null;
    length = parsed.length;
    start = parsed.next;
  }
  return start + length <= blob.length ? { tag, start, end: start + length } : null;
}

/**
 * A length of one, two or five bytes. In a packet header 224 to 254 begin a partial length (refused); in a
 * subpacket they are two-byte lengths like those below.
 */
function newLength(bytes: Buffer, offset: number, twoByteMax = 223): { length: number; next: number } | null {
  const first = bytes[offset];
  if (first === undefined) return null;
  if (first < 192) return { length: first, next: offset + 1 };
  if (first <= twoByteMax) {
    const second = bytes[offset + 1];
    if (second === undefined) return null;
    return { length: ((first - 192) << 8) + second + 192, next: offset + 2 };
  }
  if (first !== 255 || offset + 5 > bytes.length) return null;
  return { length: bytes.readUInt32BE(offset + 1), next: offset + 5 };
}

/** Walks one subpacket area and keeps the most precise issuer. */
function issuerIn(area: Buffer, known: string): string {
  let issuer = known;
  let offset = 0;
  while (offset < area.length) {
    const parsed = newLength(area, offset, 254);
    if (parsed === null || parsed.length === 0 || parsed.next + parsed.length > area.length) return issuer;
    const type = (area[parsed.next] as number) & 0x7f;
    const value = area.subarray(parsed.next + 1, parsed.next + parsed.length);
    if (type === SUBPACKET_ISSUER_FINGERPRINT && value.length >= 21) {
      issuer = value.subarray(1).toString('hex').toUpperCase();
    } else if (type === SUBPACKET_ISSUER_KEY_ID && value.length === 8 && issuer === '') {
      issuer = value.toString('hex').toUpperCase();
    }
    offset = parsed.next + parsed.length;
  }
  return issuer;
}

function issuerOf(body: Buffer): string {
  const version = body[0];
  if (version === 3) return body.length >= 15 ? body.subarray(7, 15).toString('hex').toUpperCase() : '';
  if (version !== 4 || body.length < 6) return '';
  const hashedEnd = 6 + body.readUInt16BE(4);
  if (hashedEnd + 2 > body.length) return '';
  const issuer = issuerIn(body.subarray(6, hashedEnd), '');
  const unhashedEnd = hashedEnd + 2 + body.readUInt16BE(hashedEnd);
  if (unhashedEnd > body.length) return issuer;
  return issuerIn(body.subarray(hashedEnd + 2, unhashedEnd), issuer);
}

/**
 * Splits an element of `ostree.gpgsigs` into its signature packets. The issuer is what the packet claims
 * and proves nothing.
 *
 * @returns null when the blob is anything but whole signature packets: a literal or compressed data packet
 * would make gpg verify other bytes than the ones asked about
 */
export function splitSignaturePackets(blob: Uint8Array): SignaturePacket[] | null {
  if (blob.length === 0 || blob.length > BLOB_BYTES_MAX) return null;
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.length);
  const packets: SignaturePacket[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const body = packetBody(bytes, offset);
    if (body === null || body.tag !== TAG_SIGNATURE || packets.length === PACKETS_MAX) return null;
    packets.push({
      bytes: blob.subarray(offset, body.end),
      issuer: issuerOf(bytes.subarray(body.start, body.end)),
    });
    offset = body.end;
  }
  return packets;
}
