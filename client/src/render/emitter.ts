/** What a scene tells the page: handlers by the name of the event. */
export class Emitter<Events> {
  private readonly handlers = new Map<keyof Events, Set<(event: never) => void>>();

  /** Returns what takes the handler away again. */
  on<T extends keyof Events>(type: T, handler: (event: Events[T]) => void): () => void {
    const set = this.handlers.get(type) ?? new Set();
    this.handlers.set(type, set);
    set.add(handler as (event: never) => void);
    return () => void set.delete(handler as (event: never) => void);
  }

  emit<T extends keyof Events>(type: T, event: Events[T]): void {
    for (const handler of this.handlers.get(type) ?? []) {
      (handler as (event: Events[T]) => void)(event);
    }
  }

  clear(): void {
    this.handlers.clear();
  }
}
