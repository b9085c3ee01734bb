"""One function in six languages, its renamed copy, and another of the same size that does something else."""

import re
from typing import NamedTuple

NAMES = {
    "invoice": "loan", "invoices": "loans", "Invoice": "Loan", "overdue": "lapsed", "Overdue": "Lapsed", "late": "gone",
    "today": "now", "due": "ends", "Due": "Ends", "total": "value", "Total": "Value", "paid": "closed",
    "Paid": "Closed", "customer": "reader", "Customer": "Reader", "Billing": "Library",
}  # fmt: skip
LITERALS = {"1.05": "1.2", "unpaid": "never returned", "Late ones, dearest first": "What is missing"}


class Planted(NamedTuple):
    """Files of one language."""

    suffix: str
    original: str
    other: str
    """Of the same size, with another logic."""
    name: str
    """The original's, as the index qualifies it."""
    line: int

    @property
    def copy(self) -> str:
        """Every name, literal and comment is another one."""
        text = re.sub(r"[A-Za-z]+", lambda found: NAMES.get(found[0], found[0]), self.original)
        for old, new in LITERALS.items():
            text = text.replace(old, new)
        return text

    @property
    def copied(self) -> str:
        """The copy's name."""
        return re.sub(r"\w+", lambda found: NAMES[found[0]], self.name)


PYTHON = Planted("py", '''\
def overdue(invoices, today):
    """Late ones, dearest first."""
    late = []
    for invoice in invoices:
        if invoice.due < today and invoice.total > 0 and not invoice.paid:
            late.append((invoice.customer, invoice.total * 1.05, "unpaid"))
    return sorted(late, key=lambda pair: pair[1], reverse=True)
''', '''\
def merge(invoices, today):
    """One for each customer."""
    merged = {}
    while invoices:
        invoice = invoices.pop()
        known = merged.setdefault(invoice.customer, invoice)
        if known is not invoice:
            known.total += invoice.total
            known.due = min(known.due, invoice.due, today)
    return list(merged.values())
''', "overdue", 1)  # fmt: skip
JAVASCRIPT = Planted("js", """\
export function overdue(invoices, today) {
  // Late ones, dearest first
  const late = [];
  for (const invoice of invoices) {
    if (invoice.due < today && invoice.total > 0 && !invoice.paid) {
      late.push({ customer: invoice.customer, total: invoice.total * 1.05, why: "unpaid" });
    }
  }
  return late.sort((a, b) => b.total - a.total);
}
""", """\
export function merge(invoices, today) {
  const merged = new Map();
  while (invoices.length) {
    const invoice = invoices.pop();
    const known = merged.get(invoice.customer) ?? invoice;
    if (known !== invoice) {
      known.total += invoice.total;
      known.due = Math.min(known.due, invoice.due, today);
    }
    merged.set(invoice.customer, known);
  }
  return [...merged.values()];
}
""", "overdue", 1)  # fmt: skip
TYPESCRIPT = Planted("ts", """\
export function overdue(invoices: Invoice[], today: Date): Invoice[] {
  // Late ones, dearest first
  const late: Invoice[] = [];
  for (const invoice of invoices) {
    if (invoice.due < today && invoice.total > 0 && !invoice.paid) {
      late.push({ ...invoice, total: invoice.total * 1.05, why: "unpaid" });
    }
  }
  return late.sort((a, b) => b.total - a.total);
}
""", """\
export function merge(invoices: Invoice[], today: Date): Invoice[] {
  const merged = new Map<string, Invoice>();
  while (invoices.length) {
    const invoice = invoices.pop() as Invoice;
    const known = merged.get(invoice.customer) ?? invoice;
    if (known !== invoice) {
      known.total += invoice.total;
      known.due = known.due < today ? known.due : today;
    }
    merged.set(invoice.customer, known);
  }
  return [...merged.values()];
}
""", "overdue", 1)  # fmt: skip
GO = Planted("go", """\
package shop

func Overdue(invoices []Invoice, today Time) []Invoice {
	// Late ones, dearest first
	late := []Invoice{}
	for _, invoice := range invoices {
		if invoice.Due.Before(today) && invoice.Total > 0 && !invoice.Paid {
			invoice.Total = invoice.Total * 1.05
			late = append(late, invoice)
		}
	}
	sort.Slice(late, func(a, b int) bool { return late[a].Total > late[b].Total })
	return late
}
""", """\
package shop

func Merge(invoices []Invoice, today Time) map[string]*Invoice {
	merged := map[string]*Invoice{}
	for i := 0; i < len(invoices); i++ {
		known, ok := merged[invoices[i].Customer]
		if !ok {
			merged[invoices[i].Customer] = &invoices[i]
			continue
		}
		known.Total += invoices[i].Total
		if today.Before(known.Due) {
			known.Due = today
		}
	}
	return merged
}
""", "Overdue", 3)  # fmt: skip
RUST = Planted("rs", """\
pub fn overdue(invoices: &[Invoice], today: Date) -> Vec<Invoice> {
    // Late ones, dearest first
    let mut late = Vec::new();
    for invoice in invoices {
        if invoice.due < today && invoice.total > 0.0 && !invoice.paid {
            late.push(Invoice { total: invoice.total * 1.05, why: "unpaid", ..invoice.clone() });
        }
    }
    late.sort_by(|a, b| b.total.partial_cmp(&a.total).unwrap());
    late
}
""", """\
pub fn merge(mut invoices: Vec<Invoice>, today: Date) -> HashMap<String, Invoice> {
    let mut merged: HashMap<String, Invoice> = HashMap::new();
    while let Some(invoice) = invoices.pop() {
        match merged.get_mut(&invoice.customer) {
            Some(known) => {
                known.total += invoice.total;
                known.due = known.due.min(today);
            }
            None => { merged.insert(invoice.customer.clone(), invoice); }
        }
    }
    merged
}
""", "overdue", 1)  # fmt: skip
CSHARP = Planted("cs", """\
public class Billing {
    public List<Invoice> Overdue(IEnumerable<Invoice> invoices, DateTime today) {
        // Late ones, dearest first
        var late = new List<Invoice>();
        foreach (var invoice in invoices) {
            if (invoice.Due < today && invoice.Total > 0 && !invoice.Paid) {
                late.Add(new Invoice(invoice.Customer, invoice.Total * 1.05m, "unpaid"));
            }
        }
        late.Sort((a, b) => b.Total.CompareTo(a.Total));
        return late;
    }
}
""", """\
public class Merging {
    public ICollection<Invoice> Merge(Stack<Invoice> invoices, DateTime today) {
        var merged = new Dictionary<string, Invoice>();
        while (invoices.Count > 0) {
            var invoice = invoices.Pop();
            if (!merged.TryGetValue(invoice.Customer, out var known)) {
                merged[invoice.Customer] = invoice;
                continue;
            }
            known.Total += invoice.Total;
            known.Due = known.Due < today ? known.Due : today;
        }
        return merged.Values;
    }
}
""", "Billing.Overdue", 2)  # fmt: skip

PLANTED = (PYTHON, JAVASCRIPT, TYPESCRIPT, GO, RUST, CSHARP)
