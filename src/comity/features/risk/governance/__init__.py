"""Who wrote a profile, who approved it, on what evidence, and since when does it act?"""
