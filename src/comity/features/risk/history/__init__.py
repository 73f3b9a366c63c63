"""What was declared here before, line by line, as it was known when it was judged?"""
