/** Several files on their way as one figure: what is being fetched, and how far all of them are. */
import type { Progress } from "../bundle";

export class Loading {
  private readonly files = new Map<string, Progress>();

  /** Takes the state of one file and gives that of all; the total is known once every one's is. */
  add(progress: Progress): Progress {
    this.files.set(progress.what, progress);
    let bytes = 0;
    let total: number | null = 0;
    for (const file of this.files.values()) {
      bytes += file.bytes;
      total = total === null || file.total === null ? null : total + file.total;
    }
    return { what: [...this.files.keys()].join(" and "), bytes, total };
  }
}
