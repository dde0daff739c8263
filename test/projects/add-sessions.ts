import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from './projects.js';

const CONTROLLER = `import { Controller, Get } from '@nestjs/common';
import { Session } from 'nestjs-sessions';

interface Visitor {
  visits: number;
}

@Controller('visits')
export class VisitsController {
  @Get()
  async count(@Session() session: Session<Visitor>) {
    return { visits: await session.update('visits', (visits = 0) => visits + 1) };
  }
}
`;

const ENTRIES = `export * as auth from 'nestjs-sessions/auth';
export * as file from 'nestjs-sessions/file';
export * as memory from 'nestjs-sessions/memory';
export * as testing from 'nestjs-sessions/testing';
`;
const CLIENT_ENTRIES = `export * as redis from 'nestjs-sessions/redis';
export * as typeorm from 'nestjs-sessions/typeorm';
`;

const TEST = `it('/visits (GET)', async () => {
    const agent = request.agent(app.getHttpServer());
    await agent.get('/visits').expect(200).expect({ visits: 1 });
    await agent.get('/visits').expect(200).expect({ visits: 2 });
    await request(app.getHttpServer()).get('/visits').expect({ visits: 1 });
  });
`;

/** What a developer adds who follows the README: the module, a controller, and a test beside those of the scaffold. */
export async function addSessions(folder: string, project: Project): Promise<void> {
  const source = (name: string) => join(folder, 'src', name);
  await writeFile(source('visits.controller.ts'), CONTROLLER);
  const entries = project.store === 'TypeORM' ? ENTRIES + CLIENT_ENTRIES : ENTRIES;
  await writeFile(source('entries.ts'), entries);
  await edit(source('app.module.ts'), (text) => withModule(text, project));
  // Scaffolds listen at all addresses of the machine.
  await edit(source('main.ts'), (text) =>
    text.replace('process.env.PORT ?? 3000', `process.env.PORT ?? 3000, '127.0.0.1'`),
  );
  if (project.adapter === 'Fastify') await moveToFastify(folder);
  const test = join(folder, 'test');
  const own = await readFile(join(test, 'app.e2e-spec.ts'), 'utf8');
  const added = own.replace(/it\('\/ \(GET\)'.*?\n {2}\}\);\n/s, TEST);
  await writeFile(join(test, 'visits.e2e-spec.ts'), added);
}

/** Changes a file, and throws where a scaffold is no more what this was written for. */
async function edit(path: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`${path} is not as expected:\n${text}`);
  await writeFile(path, changed);
}

function withModule(text: string, { store }: Project): string {
  const [, extension = ''] = /'\.\/app\.controller(\.js)?'/.exec(text) ?? [];
  const cookie = `cookie: { secure: process.env.NODE_ENV !== 'test' }`;
  const imports =
    store === 'TypeORM'
      ? `${TYPEORM}, SessionModule.forRoot({ store: TypeOrmSessionStore, ${cookie} })`
      : `SessionModule.forRoot({ ${cookie} })`;
  return [
    `import { SessionModule } from 'nestjs-sessions';`,
    ...(store === 'TypeORM' ? TYPEORM_IMPORTS : []),
    `import { VisitsController } from './visits.controller${extension}';`,
    // Loads every entry, in the tests too.
    `import './entries${extension}';`,
    text
      .replace('imports: []', `imports: [${imports}]`)
      .replace('controllers: [AppController]', 'controllers: [AppController, VisitsController]'),
  ].join('\n');
}

const TYPEORM_IMPORTS = [
  `import libsql from 'libsql';`,
  `import { TypeOrmModule } from '@nestjs/typeorm';`,
  `import { sessionRecordEntity, TypeOrmSessionStore } from 'nestjs-sessions/typeorm';`,
];
const TYPEORM = `TypeOrmModule.forRoot({ type: 'better-sqlite3', driver: libsql, database: ':memory:', entities: [sessionRecordEntity('better-sqlite3')], synchronize: true })`;

/** As Nest's documentation has it, for the application and for its tests. */
async function moveToFastify(folder: string): Promise<void> {
  const adapter = `import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';\n`;
  await edit(join(folder, 'src/main.ts'), (text) =>
    [
      adapter.replace(', NestFastifyApplication', ''),
      text.replace('create(AppModule)', 'create(AppModule, new FastifyAdapter())'),
    ].join(''),
  );
  await edit(join(folder, 'test/app.e2e-spec.ts'), (text) =>
    [
      adapter,
      text
        .replace(/import \{ INestApplication \}.*\n|import \{ App \}.*\n/g, '')
        .replace(/import \{ App \}.*\n/, '')
        .replace('INestApplication<App>', 'NestFastifyApplication')
        .replace('createNestApplication()', 'createNestApplication(new FastifyAdapter())')
        .replace(
          'await app.init();',
          'await app.init();\n    await app.getHttpAdapter().getInstance().ready();',
        ),
    ].join(''),
  );
}
