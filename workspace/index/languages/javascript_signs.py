"""Signs of the conventions of JavaScript and TypeScript projects."""

from backend_developer.workspace.index.languages.signs import Sign

SIGNS: tuple[Sign, ...] = (
    (b"winston.createLogger(", "logging", 4),
    (b"pino(", "logging", 3),
    (b"new Logger(", "logging", 2),
    (b"getLogger(", "logging", 1),
    (b"extends Error", "errors", 3),
    (b"(err, req, res, next)", "errors", 4),
    (b"@Catch(", "errors", 4),
    (b"HttpException(", "errors", 1),
    (b"ConfigModule.forRoot(", "settings", 4),
    (b"dotenv", "settings", 2),
    (b"process.env", "settings", 1),
    (b"new DataSource(", "sessions", 4),
    (b"new PrismaClient(", "sessions", 4),
    (b"new Sequelize(", "sessions", 4),
    (b"new Pool(", "sessions", 4),
    (b"createPool(", "sessions", 3),
    (b"mongoose.connect(", "sessions", 3),
)
