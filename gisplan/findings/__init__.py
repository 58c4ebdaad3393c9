"""Offenders -> findings, verdicts and waivers; computes no new measure."""
