import type { IncomingMessage, ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import awsLambdaFastify from '@fastify/aws-lambda';
import codegenieExpress from '@codegenie/serverless-express';
import vendiaExpress from '@vendia/serverless-express';
import serverlessHttp from 'serverless-http';
import { isFastify } from '../gate/companions.js';
import type { LambdaAnswer } from './events.js';

export type LambdaFunction = (event: object, context?: object) => Promise<LambdaAnswer>;
type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/* Their types ask for those of AWS. */
const vendia = vendiaExpress as unknown as (settings: { app: Listener }) => LambdaFunction;
const codegenie = codegenieExpress as unknown as (settings: { app: Listener }) => LambdaFunction;
const toAwsLambda = awsLambdaFastify as unknown as (
  fastify: object,
  settings: object,
) => LambdaFunction;

/** The packages that make a function of an application. */
export const toFunction: Readonly<Record<string, (app: INestApplication) => LambdaFunction>> = {
  'serverless-http': (app) => {
    const handler = serverlessHttp(app.getHttpAdapter().getInstance());
    return (event) => handler(event, {}) as Promise<LambdaAnswer>;
  },
  '@vendia/serverless-express': (app) => vendia({ app: listenerOf(app) }),
  '@codegenie/serverless-express': (app) => codegenie({ app: listenerOf(app) }),
  '@fastify/aws-lambda': (app) =>
    toAwsLambda(app.getHttpAdapter().getInstance(), { decorateRequest: false }),
};

function listenerOf(app: INestApplication): Listener {
  if (!isFastify(app)) return app.getHttpAdapter().getInstance() as Listener;
  const fastify = app.getHttpAdapter().getInstance();
  return (request, response) => fastify.routing(request, response);
}
