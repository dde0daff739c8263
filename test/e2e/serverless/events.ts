import type { Answer } from '../gate/matrix-cells.js';

export interface LambdaRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What API Gateway and a load balancer hand to a function. */
export const events: Readonly<Record<string, (request: LambdaRequest) => object>> = {
  'API Gateway, v1': ({ method, path, headers }) => ({
    ...common(headers),
    httpMethod: method,
    path,
    requestContext: { identity: { sourceIp: '192.0.2.1' } },
  }),
  'API Gateway, v2': ({ method, path, headers }) => ({
    ...common(headers),
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    requestContext: { http: { method, path, sourceIp: '192.0.2.1' } },
  }),
  ALB: ({ method, path, headers }) => ({
    ...common(headers),
    httpMethod: method,
    path,
    requestContext: { elb: {} },
  }),
};

function common(headers: LambdaRequest['headers']): object {
  return { headers: { host: 'example.org', ...headers }, body: '', isBase64Encoded: false };
}

/** What a function answers with. */
export interface LambdaAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly cookies?: readonly string[];
  readonly body: string;
  readonly isBase64Encoded?: boolean;
}

export function toAnswer(answer: LambdaAnswer): Answer {
  const headers = new Headers(answer.headers);
  for (const [name, values] of Object.entries(answer.multiValueHeaders ?? {})) {
    headers.delete(name);
    for (const value of values) headers.append(name, value);
  }
  for (const cookie of answer.cookies ?? []) headers.append('Set-Cookie', cookie);
  const body = Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8').toString();
  return { status: answer.statusCode, reason: '', headers, body };
}
