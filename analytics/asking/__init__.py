"""What is asked of the data, settled before anything is computed.

Light on purpose: pages ask with these and load what computes at the first question only.
"""
