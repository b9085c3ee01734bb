import { createServer } from 'node:http';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });

async function answer(request) {
  console.log('[server:answer]', request.method, request.url);
  if (request.url !== '/users') return [404, {}];
  if (request.method === 'GET') return [200, (await pool.query('SELECT id, name FROM users ORDER BY id')).rows];
  let body = '';
  for await (const chunk of request) body += chunk;
  const { name } = JSON.parse(body);
  const { rows } = await pool.query('INSERT INTO users (name) VALUES ($1) RETURNING id, name', [name]);
  return [201, rows[0]];
}

const server = createServer(async (request, response) => {
  let [status, value] = [500, {}];
  try {
    [status, value] = await answer(request);
  } catch (error) {
    console.error('[server:handler]', error);
  }
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
});

server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => pool.end()));
