import { createApp } from "./app.js";
import { log } from "./log.js";

const port = Number(process.env.PORT ?? 3000);
createApp().listen(port, "127.0.0.1", () => log("index:listen", { port }));
