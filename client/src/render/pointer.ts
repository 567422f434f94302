/** Pointer events as what visitors mean by them: pointing at something, a click, a double click. */

export interface PointerHandlers {
  /** The pointer is at a place, or has left the canvas (null). Not called while it drags. */
  move(at: readonly [x: number, y: number] | null): void;
  /** It goes down or the wheel turns, before camera-controls hears of it. */
  grab(x: number, y: number, event: PointerEvent | WheelEvent): void;
  click(x: number, y: number): void;
  doubleClick(x: number, y: number): void;
}

const SLOP_PX = 5;
const TAP_MS = 600;
const DOUBLE_MS = 330;

/** Listen on `canvas`; returns a function that stops. Positions are CSS pixels in the canvas. */
export function listen(canvas: HTMLCanvasElement, handlers: PointerHandlers): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const down = new Map<number, { x: number; y: number; at: number; isClick: boolean }>();
  let lastClick = { x: 0, y: 0, at: -Infinity };

  canvas.addEventListener(
    "pointerdown",
    (event) => {
      // Of fingers that were lifted elsewhere nothing may be heard.
      if (event.isPrimary) down.clear();
      // Several fingers, or any button but the first, are not a click.
      const isClick = down.size === 0 && event.button === 0 && !event.shiftKey;
      for (const other of down.values()) other.isClick = false;
      down.set(event.pointerId, {
        x: event.clientX,
        y: event.clientY,
        at: event.timeStamp,
        isClick,
      });
      handlers.grab(event.offsetX, event.offsetY, event);
    },
    { ...options, capture: true },
  );
  canvas.addEventListener("wheel", (event) => handlers.grab(event.offsetX, event.offsetY, event), {
    ...options,
    capture: true,
    passive: true,
  });
  canvas.addEventListener(
    "pointermove",
    (event) => {
      const start = down.get(event.pointerId);
      if (start !== undefined) {
        if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLOP_PX)
          start.isClick = false;
      } else if (event.pointerType !== "touch") handlers.move([event.offsetX, event.offsetY]);
    },
    options,
  );
  canvas.addEventListener("pointerleave", () => handlers.move(null), options);
  const up = (event: PointerEvent, isCancelled: boolean): void => {
    const start = down.get(event.pointerId);
    down.delete(event.pointerId);
    if (start === undefined || isCancelled || !start.isClick) return;
    if (event.timeStamp - start.at > TAP_MS) return;
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const isDouble =
      event.timeStamp - lastClick.at < DOUBLE_MS &&
      Math.hypot(x - lastClick.x, y - lastClick.y) < 3 * SLOP_PX;
    lastClick = { x, y, at: isDouble ? -Infinity : event.timeStamp };
    if (isDouble) handlers.doubleClick(x, y);
    else handlers.click(x, y);
  };
  const page = canvas.ownerDocument;
  page.addEventListener("pointerup", (event) => up(event, false), options);
  page.addEventListener("pointercancel", (event) => up(event, true), options);
  return () => stop.abort();
}
