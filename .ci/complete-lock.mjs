// Adds the optional platform packages that `npm install` leaves out of package-lock.json when the registry it asks does
// not carry them. `npm ci` refuses a lock without them, on every platform. Run it after an install that changed the lock.
import { readFileSync, writeFileSync } from 'node:fs';

const LOCK = new URL('../package-lock.json', import.meta.url);
const PLATFORM =
  /\b(?<os>aix|android|darwin|freebsd|linux|openharmony|win32)-(?<cpu>arm64|arm|ia32|loong64|ppc64|riscv64|s390x|x64)\b(?:-(?<abi>\w+))?/;
const LIBC = new Map([
  ['gnu', 'glibc'],
  ['gnueabihf', 'glibc'],
  ['musl', 'musl'],
  ['musleabihf', 'musl'],
]);

const lock = JSON.parse(readFileSync(LOCK, 'utf8'));
const missing = Object.entries(lock.packages).flatMap(([path, parent]) =>
  Object.entries(parent.optionalDependencies ?? {})
    .filter(([name]) => !isLocked(name, path))
    .map(([name, version]) => [`node_modules/${name}`, stub(name, version, parent)]),
);
const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(missing) });
packages.sort(([one], [other]) => one.localeCompare(other, 'en'));
writeFileSync(
  LOCK,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`,
);
console.log(`${missing.length} platform packages added to package-lock.json`);

function isLocked(name, path) {
  return [`${path}/node_modules/${name}`, `node_modules/${name}`].some((key) => lock.packages[key]);
}

function stub(name, version, parent) {
  const { os, cpu, abi } = PLATFORM.exec(name)?.groups ?? {};
  if (!os || !/^\d+(\.\d+){2}[\w.+-]*$/.test(version)) {
    throw new Error(`${name}@${version} is not one platform at one version; lock it by hand`);
  }
  const libc = os === 'linux' && LIBC.get(abi);
  return {
    version,
    cpu: [cpu],
    ...(parent.dev && { dev: true }),
    ...(libc && { libc: [libc] }),
    optional: true,
    os: [os],
  };
}
