import type { IncomingMessage } from 'node:http';
import type { SummaryGeneration } from './summary-generation';

/** How long a client that comes back on another connection is still given what it began with. */
const clientPinMilliseconds = 10_000;
/** The same on one and the same connection. */
const connectionPinMilliseconds = 60_000;
const pinsMax = 10_000;
const connectionPinsMax = 1000;

type Half = 'summary' | 'signature';
interface Pin {
  generation: SummaryGeneration;
  /** The half that the client was given first. */
  first: Half;
  until: number;
}

/**
 * Which generation a client is in the middle of fetching. One that got `summary.sig` of a generation gets
 * `summary` of the same, by its connection, else by address and user agent for ten seconds. One that asks the
 * other way round gets the one signature that belongs to what it has.
 */
export class ClientPins {
  readonly #byConnection = new WeakMap<object, Map<string, Pin>>();
  readonly #byClient = new Map<string, Pin>();
  readonly #now: () => number;

  /** `now` is a monotonic time in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The generation whose `half` this client is to be given now, `current` unless it is in the middle of another. */
  choose(request: IncomingMessage, stage: string, half: Half, current: SummaryGeneration): SummaryGeneration {
    const key = clientKey(request, stage);
    const connection = this.#ofConnection(request);
    const pin = this.#live(connection.get(key)) ?? this.#live(this.#byClient.get(key));
    if (pin !== null && pin.first !== half) {
      if (half === 'signature') {
        connection.delete(key);
        this.#byClient.delete(key);
      }
      return pin.generation;
    }
    const now = this.#now();
    connection.set(key, { generation: current, first: half, until: now + connectionPinMilliseconds });
    this.#byClient.delete(key);
    this.#byClient.set(key, { generation: current, first: half, until: now + clientPinMilliseconds });
    this.#forgetOld(now);
    return current;
  }

  #live(pin: Pin | undefined): Pin | null {
    return pin !== undefined && pin.until > this.#now() ? pin : null;
  }

  /** A proxy's connection carries many clients: they have no more pins on it than one alone could use. */
  #ofConnection(request: IncomingMessage): Map<string, Pin> {
    const known = this.#byConnection.get(request.socket);
    if (known && known.size < connectionPinsMax) return known;
    const fresh = new Map<string, Pin>();
    this.#byConnection.set(request.socket, fresh);
    return fresh;
  }

  /** Insertion order is the order of expiry. */
  #forgetOld(now: number): void {
    for (const [key, pin] of this.#byClient) {
      if (pin.until > now && this.#byClient.size <= pinsMax) return;
      this.#byClient.delete(key);
    }
  }
}

/**
 * Behind a proxy on this machine all clients have its address, and share its connections: the forwarded address
 * tells them apart then. It only chooses between generations that are all valid, so a forged one harms nobody
 * but the forger.
 */
function clientKey(request: IncomingMessage, stage: string): string {
  const address = request.socket.remoteAddress ?? '';
  const isLocal = /^(127\.|::1$|::ffff:127\.)/.test(address);
  const forwarded = isLocal ? String(request.headers['x-forwarded-for'] ?? '').slice(0, 200) : '';
  const agent = (request.headers['user-agent'] ?? '').slice(0, 200);
  return JSON.stringify([stage, address, forwarded, agent]);
}
