"""The figures as a table that a person reads, beside the targets of performance.md."""

TARGETS = {  # p50 in ms, one client; requests a second, eight clients
    "Today": ("6", "300"),
    "queue, a rep's team": ("6", "300"),
    "queue, a director's, all teams": ("6", "300"),
    "a case": ("6", ""),
    "search: one word": ("10", "200"),
    "search: two words": ("10", "200"),
}
LETTER_TARGETS = {"box and filing in turn, in fifties": "1000", "filing, in fifties": "1000"}


def table(found: dict) -> str:
    size, filled, memory = found["sizes"], found["fill"], found["memory"]
    lines = [
        f"Amends on {found['database']}: {size['cases']:,} cases ({size['open']:,} open), {size['customers']:,} customers,"
        f" {size['entries']:,} entries ({size['entries_of_cases'] / size['cases']:.1f} a case), {size['megabytes']:,} MB.",
    ]
    if filled["seconds"]:
        lines.append(
            f"Filled in {filled['seconds']:.0f} s by {filled['processes']} process(es): {filled['acts_per_second']:,.0f} acts/s,"
            f" {filled['refused']} refused; sealing took {filled['seal_seconds']:.0f} s."
        )
    lines += [
        f"Web: {found['web']}. Code: {found['code']}, {found['at']}.",
        "Figures under load are of two shared cores: see the load average in the last column.",
        "",
        f"{'page':<32}{'clients':>8}{'p50 ms':>9}{'p95 ms':>9}{'/s':>8}{'CPU ms':>8}{'kB':>7}{'target':>12}{'load':>6}",
    ]
    for row in found["pages"]:
        latency, rate = TARGETS.get(row["page"], ("", ""))
        target = (
            (f"≤ {latency} ms" if latency else "–")
            if row["clients"] == 1
            else (f"≥ {rate}/s" if rate else "–")
        )
        lines.append(
            f"{row['page'] if row['clients'] == 1 else '':<32}{row['clients']:>8}{row['p50_ms']:>9.1f}{row['p95_ms']:>9.1f}"
            f"{row['per_second']:>8.0f}{row['cpu_ms']:>8.1f}{row['kb']:>7.1f}{target:>12}{row['load']:>6.1f}"
        )
    lines += ["", f"{'letters':<40}{'many':>8}{'/s':>8}{'CPU ms':>8}{'target':>12}{'load':>6}"]
    for row in found["letters"]:
        target = LETTER_TARGETS.get(row["what"], "")
        lines.append(
            f"{row['what']:<40}{row['letters']:>8,}{row['per_second']:>8,}{row['cpu_ms']:>8.2f}"
            f"{'≥ ' + target + '/s' if target else '–':>12}{row['load']:>6.1f}"
        )
        if "filed_per_second" in row:
            lines.append(
                f"{'  … until the last is filed':<40}{'':>8}{row['filed_per_second']:>8,}"
                f"  ({row['answered_250']:,} answers were 250)"
            )
    lines += [
        "",
        f"Memory of `amends up` (PSS, {memory['processes']} processes): {memory['at_rest_mb']:.0f} MB at rest,"
        f" {memory['after_load_mb']:.0f} MB after the load; target ≤ 120 MB."
        f" CPU at rest: {memory['at_rest_cpu_ms_per_second']:.0f} ms a second.",
    ]
    return "\n".join(lines)
