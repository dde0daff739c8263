/**
 * Prints what a request that reads and writes one value costs its reader: the files of lib that it enters, and how often
 * it moves from one to another. Runs a copy of lib in which each function says that it is entered: `npm run moves`.
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import ts from 'typescript';

const COPY = 'dist-test/moves';
const entered = [];
globalThis.noteEntered = (file) => entered.push(file);

/** A transformer that puts a call with the name of the file before the body of each function. */
const counting = (file) => (context) => {
  const { factory } = context;
  const call = factory.createExpressionStatement(
    factory.createCallExpression(factory.createIdentifier('noteEntered'), undefined, [
      factory.createStringLiteral(file),
    ]),
  );
  const visit = (node) => {
    const visited = ts.visitEachChild(node, visit, context);
    if (!ts.isFunctionLike(visited) || !visited.body) return visited;
    if (ts.isConstructorDeclaration(visited)) return visited;
    const body = ts.isBlock(visited.body)
      ? visited.body
      : factory.createBlock([factory.createReturnStatement(visited.body)]);
    return withBody(factory, visited, factory.createBlock([call, ...body.statements], true));
  };
  return (source) => ts.visitNode(source, visit);
};

function withBody(factory, node, body) {
  const { modifiers, name, typeParameters, parameters, type, asteriskToken } = node;
  if (ts.isArrowFunction(node))
    return factory.updateArrowFunction(
      node,
      ...[modifiers, typeParameters, parameters, type, node.equalsGreaterThanToken, body],
    );
  if (ts.isMethodDeclaration(node))
    return factory.updateMethodDeclaration(
      node,
      ...[modifiers, asteriskToken, name, node.questionToken, typeParameters, parameters, type],
      body,
    );
  if (ts.isFunctionDeclaration(node))
    return factory.updateFunctionDeclaration(
      node,
      ...[modifiers, asteriskToken, name, typeParameters, parameters, type, body],
    );
  if (ts.isGetAccessorDeclaration(node))
    return factory.updateGetAccessorDeclaration(node, modifiers, name, parameters, type, body);
  if (ts.isSetAccessorDeclaration(node))
    return factory.updateSetAccessorDeclaration(node, modifiers, name, parameters, body);
  return node;
}

async function copy() {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  await rm(COPY, { recursive: true, force: true });
  for (const file of ts.sys.readDirectory('lib', ['.ts']).map((path) => relative('.', path))) {
    const target = `${COPY}/${file.replace(/ts$/, 'js')}`;
    await mkdir(dirname(target), { recursive: true });
    const { outputText } = ts.transpileModule(await readFile(file, 'utf8'), {
      fileName: file,
      compilerOptions: { ...options, module: ts.ModuleKind.ESNext, sourceMap: false },
      transformers: { before: [counting(relative('lib', file))] },
    });
    await writeFile(target, outputText);
  }
  await cp('package.json', `${COPY}/package.json`);
}

await copy();
await import('reflect-metadata');
const { SessionModule, Session } = await import(`../../${COPY}/lib/index.js`);
const { Controller, Get, Module } = await import('@nestjs/common');
const { NestFactory } = await import('@nestjs/core');

class Visits {
  async count(session) {
    const visits = ((await session.get('visits')) ?? 0) + 1;
    session.set('visits', visits);
    return visits;
  }
}
Get()(Visits.prototype, 'count', Object.getOwnPropertyDescriptor(Visits.prototype, 'count'));
Session()(Visits.prototype, 'count', 0);
Controller()(Visits);
class App {}
Module({
  imports: [SessionModule.forRoot({ cookie: { secure: false } })],
  controllers: [Visits],
})(App);

const app = await NestFactory.create(App, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const first = await fetch(await app.getUrl());
const headers = { cookie: first.headers.getSetCookie()[0].split(';')[0] };
for (let warm = 0; warm < 3; warm++) await (await fetch(await app.getUrl(), { headers })).text();
entered.length = 0;
await (await fetch(await app.getUrl(), { headers })).text();
const calls = [...entered];
await app.close();

const moves = calls.filter((file, n) => n > 0 && file !== calls[n - 1]).length;
const files = [...new Set(calls)];
if (process.argv.includes('--trace')) console.log(calls.join('\n'));
for (const file of files)
  console.log(`${String(calls.filter((one) => one === file).length).padStart(4)} ${file}`);
console.log(`${files.length} files entered, ${moves} moves between them, ${calls.length} calls`);
