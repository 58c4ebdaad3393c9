"""TIM: timing and versions."""
