"""The parts of the summary page: findings, parts, pictures to include, and a summary that was sent."""
