"""What many executions together say: importance, contexts, trends, changes, seasons, anomalies, forecasts, advice."""
