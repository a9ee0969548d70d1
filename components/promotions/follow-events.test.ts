import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followEvents, type LiveState } from './follow-events';

/** Stands in for the browser's: a test says when it opens, speaks and breaks. */
class FakeSource extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static made: FakeSource[] = [];
  readyState: number = FakeSource.CONNECTING;
  constructor(readonly url: string) {
    super();
    FakeSource.made.push(this);
  }
  close() {
    this.readyState = FakeSource.CLOSED;
  }
  open() {
    this.readyState = FakeSource.OPEN;
    this.dispatchEvent(new Event('open'));
  }
  /** The connection is lost; the browser goes on trying by itself. */
  lose() {
    this.readyState = FakeSource.CONNECTING;
    this.dispatchEvent(new Event('error'));
  }
  /** The server refuses: the browser gives up. */
  refuse() {
    this.readyState = FakeSource.CLOSED;
    this.dispatchEvent(new Event('error'));
  }
  say(data: string) {
    this.dispatchEvent(new MessageEvent('promotion', { data }));
  }
}

class FakeDocument extends EventTarget {
  hidden = false;
  show(isShown: boolean) {
    this.hidden = !isShown;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: FakeDocument;
let states: LiveState[];
const onPromotion = vi.fn();
const onReconnect = vi.fn();

function follow() {
  return followEvents({ number: 42, setLive: (state) => states.push(state), onPromotion, onReconnect });
}
const last = () => FakeSource.made.at(-1) as FakeSource;

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  FakeSource.made = [];
  states = [];
  page = new FakeDocument();
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', new EventTarget());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('followEvents', () => {
  it('is live once the stream is open, and asks for nothing twice', () => {
    follow();
    last().open();
    expect(last().url).toBe('/api/promotions/42/events');
    expect(states).toEqual(['connecting', 'live']);
    expect(onReconnect).not.toHaveBeenCalled();
  });

  it('polls while the stream is lost and refetches when it is back', () => {
    follow();
    last().open();
    last().lose();
    expect(states.at(-1)).toBe('polling');
    last().open();
    expect(states.at(-1)).toBe('live');
    expect(onReconnect).toHaveBeenCalledTimes(1);
    expect(FakeSource.made).toHaveLength(1);
  });

  it('opens another stream where the server refused, waiting twice as long each time', () => {
    follow();
    last().refuse();
    vi.advanceTimersByTime(999);
    expect(FakeSource.made).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeSource.made).toHaveLength(2);
    last().refuse();
    vi.advanceTimersByTime(1999);
    expect(FakeSource.made).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(FakeSource.made).toHaveLength(3);
  });

  it('lets the stream go while the page is hidden and opens it again, with a refetch', () => {
    follow();
    last().open();
    const first = last();
    page.show(false);
    expect(first.readyState).toBe(FakeSource.CLOSED);
    expect(states.at(-1)).toBe('idle');
    page.show(true);
    expect(last()).not.toBe(first);
    last().open();
    expect(onReconnect).toHaveBeenCalledTimes(1);
  });

  it('opens none on a hidden page', () => {
    page.hidden = true;
    follow();
    expect(FakeSource.made).toHaveLength(0);
  });

  it.each(['', '{', 'null', '{"number":42}'])('takes nothing from the event %j', (data) => {
    follow();
    last().open();
    last().say(data);
    expect(onPromotion).not.toHaveBeenCalled();
  });

  it('closes for good when it is told to', () => {
    const stop = follow();
    last().refuse();
    stop();
    page.show(true);
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.made).toHaveLength(1);
  });
});
