use std::collections::BTreeMap;

use hcl::expr::{ObjectKey, TraversalOperator};
use hcl::structure::{Block, Body, Structure};
use hcl::template::{Element, Template};
use hcl::{Expression, TemplateExpr};

use super::super::error::DistributionError;
use super::field::{Budget, Field, Piece, shortened};
use super::packer::Source;

/// What names of an HCL template stand for, as far as it is literal
#[derive(Debug, Default)]
struct Known {
    /// `var.…` and `local.…`
    names: BTreeMap<(&'static str, String), Field>,
    budget: Budget,
}

/// The sources of a template in HCL, with the variables and locals in their place that are literals
pub(super) fn sources(text: &str) -> Result<Vec<Source>, DistributionError> {
    let body = hcl::parse(text).map_err(|error| {
        let (line, problem) = match &error {
            hcl::Error::Parse(error) => (
                Some(error.location().line() as u64),
                error.message().to_owned(),
            ),
            other => (None, other.to_string()),
        };
        super::refuse(
            line,
            shortened(&problem),
            "give a Packer template in HCL, or in JSON",
        )
    })?;
    let known = Known::of(&body);
    let mut sources = Vec::new();
    for block in body.blocks() {
        let labels: Vec<&str> = block.labels().iter().map(|label| label.as_str()).collect();
        match (block.identifier(), &labels[..]) {
            ("source", [kind, name]) => sources.push(Source {
                at: format!("source.{kind}.{name}"),
                kind: (*kind).to_owned(),
                fields: known.body(block.body()),
            }),
            ("build", _) => {
                for added in block
                    .body()
                    .blocks()
                    .filter(|block| block.identifier() == "source")
                {
                    let label = added.labels().first().map_or("", |label| label.as_str());
                    sources.push(Source {
                        at: format!("build.{label}"),
                        kind: "build".to_owned(),
                        fields: known.body(added.body()),
                    });
                }
            }
            _ => {}
        }
    }
    Ok(sources)
}

impl Known {
    /// Locals are made of variables alone: one of another local stays unknown
    fn of(body: &Body) -> Self {
        let mut known = Self::default();
        let mut names = BTreeMap::new();
        for block in body.blocks() {
            match block.identifier() {
                "variable" => {
                    let name = block
                        .labels()
                        .first()
                        .map(|label| label.as_str().to_owned());
                    let default = attribute(block, "default").map(|default| known.field(default));
                    names.extend(
                        name.zip(default)
                            .map(|(name, field)| (("var", name), field)),
                    );
                }
                "variables" => names.extend(block.body().attributes().map(|variable| {
                    (
                        ("var", variable.key().to_owned()),
                        known.field(variable.expr()),
                    )
                })),
                _ => {}
            }
        }
        known.names = names;
        let mut locals = BTreeMap::new();
        for block in body.blocks() {
            match block.identifier() {
                "locals" => {
                    locals.extend(block.body().attributes().map(|local| {
                        (("local", local.key().to_owned()), known.field(local.expr()))
                    }))
                }
                "local" => {
                    let name = block
                        .labels()
                        .first()
                        .map(|label| label.as_str().to_owned());
                    let value = attribute(block, "expression").map(|value| known.field(value));
                    locals.extend(
                        name.zip(value)
                            .map(|(name, field)| (("local", name), field)),
                    );
                }
                _ => {}
            }
        }
        known.names.extend(locals);
        known
    }

    fn body(&self, body: &Body) -> Field {
        let entry = |structure: &Structure| match structure {
            Structure::Attribute(attribute) => {
                (attribute.key().to_owned(), self.field(attribute.expr()))
            }
            Structure::Block(block) if block.identifier() == "dynamic" => {
                let label = block
                    .labels()
                    .first()
                    .map_or("dynamic", |label| label.as_str());
                let why = "a dynamic block is made by Packer alone".to_owned();
                (label.to_owned(), Field::Unknown(why))
            }
            Structure::Block(block) => (block.identifier().to_owned(), self.body(block.body())),
        };
        Field::Map(body.iter().map(entry).collect())
    }

    fn field(&self, expression: &Expression) -> Field {
        match expression {
            Expression::Null => Field::Nothing,
            Expression::Bool(value) => Field::Bool(*value),
            Expression::Number(number) => Field::Number(number.to_string()),
            Expression::String(text) => Field::of_text(text, &|_| None),
            Expression::Array(items) => {
                Field::List(items.iter().map(|item| self.field(item)).collect())
            }
            Expression::Object(entries) => self.object(entries.iter()),
            Expression::Parenthesis(inner) => self.field(inner),
            Expression::TemplateExpr(template) => self.template(template),
            Expression::Traversal(traversal) => match (&traversal.expr, &traversal.operators[..]) {
                (Expression::Variable(root), [TraversalOperator::GetAttr(name)]) => {
                    self.named(root.as_str(), name.as_str())
                }
                _ => not_resolved(expression),
            },
            other => not_resolved(other),
        }
    }

    fn named(&self, root: &str, name: &str) -> Field {
        let root = match root {
            "var" => "var",
            "local" => "local",
            other => return Field::Unknown(format!("`{other}.{name}` is known to Packer alone")),
        };
        match self.names.get(&(root, name.to_owned())) {
            Some(Field::Nothing) | None => {
                Field::Unknown(format!("`{root}.{name}` has no literal value in this file"))
            }
            Some(field) => self.budget.copy(field),
        }
    }

    fn object<'e>(&self, entries: impl Iterator<Item = (&'e ObjectKey, &'e Expression)>) -> Field {
        let mut fields = Vec::new();
        for (key, value) in entries {
            let key = match key {
                ObjectKey::Identifier(name) => Ok(name.to_string()),
                ObjectKey::Expression(key) => self.field(key).text(),
                _ => Err("a key is not known".to_owned()),
            };
            match key {
                Ok(key) => fields.push((key, self.field(value))),
                Err(why) => return Field::Unknown(why),
            }
        }
        Field::Map(fields)
    }

    fn template(&self, template: &TemplateExpr) -> Field {
        let Ok(template) = Template::from_expr(template) else {
            return Field::Unknown("its template cannot be read".to_owned());
        };
        let mut pieces = Vec::new();
        for element in template.elements() {
            match element {
                Element::Literal(text) => match Field::of_text(text, &|_| None) {
                    Field::Text(more) => pieces.extend(more),
                    _ => pieces.push(Piece::Literal(text.clone())),
                },
                Element::Interpolation(interpolation) => match self.field(&interpolation.expr) {
                    Field::Text(more) => pieces.extend(more),
                    other => pieces.push(match other.text() {
                        Ok(text) => Piece::Literal(text),
                        Err(_) => Piece::Unknown(format!("${{{}}}", interpolation.expr)),
                    }),
                },
                Element::Directive(_) => pieces.push(Piece::Unknown("%{…}".to_owned())),
            }
        }
        Field::Text(pieces)
    }
}

fn attribute<'b>(block: &'b Block, key: &str) -> Option<&'b Expression> {
    let mut attributes = block.body().attributes();
    attributes
        .find(|attribute| attribute.key() == key)
        .map(|attribute| attribute.expr())
}

fn not_resolved(expression: &Expression) -> Field {
    let text = shortened(&expression.to_string());
    Field::Unknown(format!("`{text}` is worked out by Packer alone"))
}
