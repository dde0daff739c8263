import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

interface Link {
  readonly page: string;
  readonly target: string;
}

/** The tarball of the checkout as it is; `dist` may be missing from it. */
const [{ files }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
) as [{ readonly files: readonly { readonly path: string }[] }];
const paths = files.map(({ path }) => path);
const pages = paths.filter((path) => path.endsWith('.md'));
const links = pages.flatMap((page) => linksOf(page));

/** The links of a page that lead to no other site. */
function linksOf(page: string): Link[] {
  const text = readFileSync(page, 'utf8').replaceAll(/^```.*?^```|`[^`\n]*`/gms, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => ({ page, target: target! }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));
}

function isThere({ page, target }: Link): boolean {
  const [path = '', anchor] = target.split('#');
  const place = path === '' ? page : posix.join(posix.dirname(page), path);
  if (anchor !== undefined) return paths.includes(place) && anchorsOf(place).includes(anchor);
  return paths.some((file) => file === place || file.startsWith(`${place}/`));
}

/** As GitHub and npm make them of headings. */
function anchorsOf(page: string): string[] {
  const headings = readFileSync(page, 'utf8').match(/^#+ .*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('The pages of the package', () => {
  it('are those of the README, and all they link to', () => {
    expect(pages).toEqual(
      expect.arrayContaining([
        ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'sample/README.md'],
        ...['lib/README.md', 'lib/GUARANTEES.md', 'lib/SECURITY.md', 'lib/COMPATIBILITY.md'],
        ...['lib/VALUES.md', 'lib/OPTIONS.md', 'lib/ERRORS.md', 'lib/TESTING.md'],
        ...['lib/BEYOND-CONTROLLERS.md', 'lib/auth/README.md'],
        ...['lib/stores/README.md', 'lib/stores/AUTHORS.md'],
      ]),
    );
  });

  it('are each linked from the README, where they are of the library', () => {
    const linked = links.filter(({ page }) => page === 'README.md').map(({ target }) => target);

    expect(linked).toEqual(expect.arrayContaining(pages.filter((page) => page.startsWith('lib/'))));
  });

  it('have no dead link', () => {
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((link) => !isThere(link))).toEqual([]);
  });

  it('name no address that the project does not have', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as object;

    expect(manifest).not.toHaveProperty('repository');
    expect(readFileSync('CONTRIBUTING.md', 'utf8')).toMatch(/`repository`.*`homepage`.*`bugs`/s);
  });
});
