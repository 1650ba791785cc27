"""(being written)"""
def page_of(folder): return ""
