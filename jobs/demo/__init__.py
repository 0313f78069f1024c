"""`saldo demo`: the whole main job on embedded defaults, from simulated bases to the storefront's balance."""
