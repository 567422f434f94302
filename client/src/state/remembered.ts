/** What a visitor chose on an earlier visit, where the browser lets a page keep anything. */

/** Null when nothing was chosen, and where storage is switched off, as in many frames. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** As if nothing had been chosen. */
export function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Storage is switched off.
  }
}

/** Without storage a choice lasts as long as the page. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is switched off.
  }
}
