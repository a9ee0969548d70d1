import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StallWatch, type Transfer } from './stall-watch';

let watch: StallWatch;
let transfer: Transfer & { onStall: ReturnType<typeof vi.fn<() => void>> };
beforeEach(() => {
  vi.useFakeTimers();
  watch = new StallWatch({ lowSpeedBytes: 1000, lowSpeedSeconds: 30 });
  transfer = { received: 0, isPaused: false, onStall: vi.fn() };
  watch.add(transfer);
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

/** Time goes by, and each second brings so many bytes. */
function pass(seconds: number, bytesPerSecond = 0): void {
  for (let second = 0; second < seconds; second++) {
    transfer.received += bytesPerSecond;
    vi.advanceTimersByTime(1000);
  }
}

test('what is fast enough goes on, and is ended when it no longer is', () => {
  pass(120, 1100);
  expect(transfer.onStall).not.toHaveBeenCalled();
  pass(60, 900);
  expect(transfer.onStall).toHaveBeenCalled();
});

test('the time in which we do not read ourselves does not count', () => {
  pass(25);
  transfer.isPaused = true;
  pass(300);
  transfer.isPaused = false;
  pass(25);
  expect(transfer.onStall).not.toHaveBeenCalled();
  pass(10);
  expect(transfer.onStall).toHaveBeenCalledOnce();
});

test('what has ended is not watched any more', () => {
  watch.remove(transfer);
  pass(60);
  expect(transfer.onStall).not.toHaveBeenCalled();
});
