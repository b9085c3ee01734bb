"""How the five languages write what `files.py` makes up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Templates:
    """One language. `BODY` stands alone on its line; `{v}` is a new variable, `{a}` and `{b}` are known ones."""

    head: str
    function: str
    log: str
    lines: dict[str, str]
    blocks: dict[str, str]
    last: str
    foot: str = ""
    unit: str = "    "
    inside: str = "    "


PYTHON = Templates(
    head='''\
"""What {owner} does with each {noun}."""

import logging
from dataclasses import dataclass

from app.{noun}s import {Noun}, {Noun}Error, Repository

logger = logging.getLogger(__name__)


@dataclass
class {Noun}Row:
    """A row."""

    number: int
    {Field}: str | None = None


class {owner}:
    """Serves one kind of {noun}."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

''',
    function='''\
    async def {name}(self, {a}: int, {b}: list[dict[str, int]]) -> list[dict[str, int]]:
        """Every {noun} that there is to {verb}."""
BODY
''',
    log='logger.info("[{owner}:{name}] {a}=%s {b}=%d", {a}, len({b}))\n',
    lines={
        "let": "{v} = await self._{part}.{verb}_{noun}({a}, limit={n})\n",
        "call": 'self._{part}.{verb}({a}, key="{field}", {other}={b})\n',
        "set": "self.{field} = {a} + {n}\n",
        "collect": "{v} = [one.{field} for one in {b} if one.{other} != {a}]\n",
        "make": '{v} = {"{field}": {a}, "{other}": {b}, "limit": {n}}\n',
        "text": '{v} = f"{{a}} of {noun} {{b}!r}".strip()\n',
    },
    blocks={
        "guard": 'if {a} is None or {b} == {n}:\n    raise ValueError(f"no {noun} of {{a}} to {verb}")\n',
        "loop": "for {v} in {b}:\n    {v}.{field} += {n}\nBODY\n",
        "branch": "if {a} > {n}:\nBODY\nelse:\nBODY\n",
        "try": "try:\nBODY\nexcept KeyError as error:\n    raise LookupError({a}) from error\n",
    },
    last="return {a}\n",
    inside="        ",
)

TYPESCRIPT = Templates(
    head="""\
import { Injectable, Logger, NotFoundException } from "@nestjs/common";
import type { {Noun}, {Noun}Query } from "../{noun}s/{noun}.types";
import { Repository } from "../repository";

export interface {Noun}Row {
  id: number;
  {Field}?: string | null;
}

@Injectable()
export class {owner} {
  private readonly logger = new Logger({owner}.name);

  constructor(private readonly repository: Repository, private readonly limit = 20) {}

""",
    function="""\
  /** Every {noun} that there is to {verb}. */
  async {name}({a}: number, {b}: Array<Record<string, number>>): Promise<{ rows: unknown[] }> {
BODY
  }
""",
    log="this.logger.log(`[{owner}:{name}] {a}=${{a}} {b}=${{b}.length}`);\n",
    lines={
        "let": "const {v} = await this.{part}.{verb}{noun}({a}, { limit: {n} });\n",
        "call": 'this.{part}.{verb}({a}, "{field}", { {other}: {b} });\n',
        "set": "this.{field} = {a} + {n};\n",
        "collect": "const {v} = {b}.filter((one) => one.{other} !== {a}).map((one) => one.{field});\n",
        "make": "const {v} = { {field}: {a}, {other}: {b} ?? null, limit: {n} };\n",
        "text": "const {v} = `${{a}} of {noun} ${{b}}`.trim();\n",
    },
    blocks={
        "guard": "if ({a} === null || {b} === {n}) {\n  throw new NotFoundException(`no {noun} of ${{a}}`);\n}\n",
        "loop": "for (const {v} of {b}) {\n  {v}.{field} += {n};\nBODY\n}\n",
        "branch": "if ({a} > {n}) {\nBODY\n} else {\nBODY\n}\n",
        "try": "try {\nBODY\n} catch (error) {\n  throw new Error(`{verb} of ${{a}} failed`, { cause: error });\n}\n",
    },
    last="return { rows: [{a}] };\n",
    foot="}\n",
    unit="  ",
)

GO = Templates(
    head="""\
package {noun}s

import (
	"context"
	"fmt"
	"log/slog"
)

// {Noun}Row is a row.
type {Noun}Row struct {
	ID int64 `json:"id"`
	{Field} *string `json:"{Field}"`
}

// {owner} serves one kind of {noun}.
type {owner} struct {
	repository Repository
	logger     *slog.Logger
}

""",
    function="""\
// {Name} gives every {noun} that there is to {verb}.
func (s *{owner}) {Name}(ctx context.Context, {a} int64, {b} []Row) ([]any, error) {
BODY
}
""",
    log='s.logger.InfoContext(ctx, "[{owner}:{Name}] called", "{a}", {a}, "{b}", len({b}))\n',
    lines={
        "let": "{v} := s.{part}.{verb}{noun}(ctx, {a}, {n})\n",
        "call": 's.{part}.{verb}({a}, "{field}", map[string]any{"{other}": {b}})\n',
        "set": "s.{field} = {a} + {n}\n",
        "collect": "{v} := only({b}, func(one Row) bool { return one.{field} != {a} })\n",
        "make": '{v} := map[string]any{"{field}": {a}, "{other}": {b}, "limit": {n}}\n',
        "text": '{v} := fmt.Sprintf("%v of {noun} %v", {a}, {b})\n',
    },
    blocks={
        "guard": 'if {a} == nil || {b} == {n} {\n\treturn nil, fmt.Errorf("no {noun} of %v", {a})\n}\n',
        "loop": "for _, {v} := range {b} {\n\t{v}.{field} += {n}\nBODY\n}\n",
        "branch": "if {a} > {n} {\nBODY\n} else {\nBODY\n}\n",
        "try": "if err := s.{part}.{verb}(ctx, {a}); err != nil {\nBODY\n\treturn nil, err\n}\n",
    },
    last="return []any{{a}}, nil\n",
    unit="\t",
    inside="\t",
)

RUST = Templates(
    head="""\
use crate::{noun}s::{{Noun}, {Noun}Error, Repository};
use std::collections::HashMap;
use tracing::info;

/// A row.
#[derive(Debug, Clone, serde::Serialize)]
pub struct {Noun}Row {
    pub id: i64,
    pub {Field}: Option<String>,
}

/// Serves one kind of {noun}.
pub struct {owner} {
    repository: Repository,
}

impl {owner} {
    pub fn new(repository: Repository) -> Self {
        Self { repository }
    }

""",
    function="""\
    /// Every {noun} that there is to {verb}.
    pub async fn {name}(&self, {a}: i64, {b}: &[Row]) -> Result<Vec<Row>, {owner}Error> {
BODY
    }
""",
    log='info!({a} = %{a}, "[{owner}:{name}] {b}={}", {b}.len());\n',
    lines={
        "let": "let {v} = self.{part}.{verb}_{noun}({a}, {n}).await?;\n",
        "call": 'self.{part}.{verb}(&{a}, "{field}", {b}.clone());\n',
        "set": "self.{field}.set({a} + {n});\n",
        "collect": "let {v}: Vec<_> = {b}.iter().filter(|one| one.{other} != {a}).map(|one| one.{field}).collect();\n",
        "make": 'let {v} = HashMap::from([("{field}", {a}), ("{other}", {b}), ("limit", {n})]);\n',
        "text": 'let {v} = format!("{} of {noun} {:?}", {a}, {b});\n',
    },
    blocks={
        "guard": 'if {a} == 0 || {b}.len() == {n} {\n    return Err(Error::Missing("{noun}"));\n}\n',
        "loop": "for {v} in {b} {\n    {v}.{field} += {n};\nBODY\n}\n",
        "branch": "if {a} > {n} {\nBODY\n} else {\nBODY\n}\n",
        "try": "match self.{part}.{verb}({a}).await {\n    Ok({v}) => {\nBODY\n    }\n    Err(e) => return e,\n}\n",
    },
    last="Ok(vec![{a}])\n",
    foot="}\n",
    inside="        ",
)

CSHARP = Templates(
    head="""\
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Shop.{Noun}s;

namespace Shop.Services;

public record {Noun}Row(long Id, string? {Field});

/// <summary>Serves one kind of {noun}.</summary>
public class {owner}
{
    private readonly ILogger<{owner}> _logger;
    private readonly Repository _repository;

    public {owner}(ILogger<{owner}> logger, Repository repository)
    {
        _logger = logger;
        _repository = repository;
    }

""",
    function="""\
    /// <summary>Every {noun} that there is to {verb}.</summary>
    public async Task<IReadOnlyList<object>> {Name}(long {a}, List<Row> {b})
    {
BODY
    }
""",
    log='_logger.LogInformation("[{owner}:{Name}] {a}={A} {b}={B}", {a}, {b}.Count);\n',
    lines={
        "let": "var {v} = await _{part}.{verb}{noun}({a}, limit: {n});\n",
        "call": '_{part}.{verb}({a}, "{field}", new { {other} = {b} });\n',
        "set": "this.{field} = {a} + {n};\n",
        "collect": "var {v} = {b}.Where(one => one.{other} != {a}).Select(one => one.{field}).ToList();\n",
        "make": 'var {v} = new Dictionary<string, object> { ["{field}"] = {a}, ["{other}"] = {b} };\n',
        "text": 'var {v} = $"{{a}} of {noun} {{b}}".Trim();\n',
    },
    blocks={
        "guard": 'if ({a} == null || {b} == {n})\n{\n    throw new KeyNotFoundException($"no {noun} of {{a}}");\n}\n',
        "loop": "foreach (var {v} in {b})\n{\n    {v}.{field} += {n};\nBODY\n}\n",
        "branch": "if ({a} > {n})\n{\nBODY\n}\nelse\n{\nBODY\n}\n",
        "try": "try\n{\nBODY\n}\ncatch (TimeoutException error)\n{\n    throw new ServiceException({a}, error);\n}\n",
    },
    last="return new List<object> { {a} };\n",
    foot="}\n",
    inside="        ",
)

TEMPLATES = {".py": PYTHON, ".ts": TYPESCRIPT, ".go": GO, ".rs": RUST, ".cs": CSHARP}
