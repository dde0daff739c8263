/** Cookies by name, as a browser keeps them for one site. */
export class CookieJar extends Map<string, string> {
  /** Does what the Set-Cookie headers of an answer say. */
  keep(lines: readonly string[]): this {
    for (const line of lines) {
      const [pair = ''] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      if (/;\s*max-age=0/i.test(line)) this.delete(name);
      else this.set(name, pair.slice(name.length + 1));
    }
    return this;
  }
}
