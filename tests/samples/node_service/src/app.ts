import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Notes } from "./notes.js";

async function body(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  console.log("[app:body]", { chunks: chunks.length });
  return JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
  console.log("[app:answer]", { status });
}

async function handle(notes: Notes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = "/" } = request;
  console.log("[app:handle]", { method, url });
  if (method === "GET" && url === "/health") return answer(response, 200, { ok: true });
  if (method === "POST" && url === "/notes") {
    const { text } = (await body(request)) as { text: string };
    return answer(response, 201, notes.add(text));
  }
  const found = /^\/notes\/(\d+)$/.exec(url);
  const note = found ? notes.find(Number(found[1])) : undefined;
  return note ? answer(response, 200, note) : answer(response, 404, { error: "not found" });
}

export function createApp(notes: Notes = new Notes()): Server {
  console.log("[app:createApp]");
  return createServer((request, response) => {
    handle(notes, request, response).catch((error: unknown) => {
      console.error("[app:createApp] request failed", error);
      answer(response, 500, { error: "internal error" });
    });
  });
}
